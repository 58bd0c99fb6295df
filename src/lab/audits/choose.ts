import { FileDialog } from '@jupyterlab/filebrowser';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { Choose } from './form';
import { absolutePath, browserPath, folderOf } from './paths';

/** Lets the user choose in the dialogs of the file browser; answers with absolute paths. */
export function chooser(options: {
  readonly browsers: IFileBrowserFactory;
  readonly contents: Contents.IManager;
  readonly serverRoot: string;
}): Choose {
  const { browsers, contents, serverRoot } = options;
  return async (kind, title, start) => {
    const browser = browsers.tracker.currentWidget;
    if (browser === null) {
      return null;
    }
    const near = absolutePath(start, serverRoot);
    const folder = browserPath(kind === 'folder' ? near : folderOf(near), serverRoot);
    const common = {
      title,
      manager: browser.model.manager,
      defaultPath: folder === null || start === '' ? browser.model.path : folder
    };
    const answer =
      kind === 'folder'
        ? await FileDialog.getExistingDirectory(common)
        : await FileDialog.getOpenFiles({
            ...common,
            filter: ({ type, name }) =>
              kind === 'file' || type === 'directory' || name.endsWith('.json') ? {} : null
          });
    const chosen = answer.button.accept ? answer.value?.[0] : undefined;
    if (chosen === undefined || (kind !== 'folder' && chosen.type === 'directory')) {
      return null;
    }
    return absolutePath(contents.localPath(chosen.path), serverRoot);
  };
}
