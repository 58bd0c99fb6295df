import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HepbatchError } from '../../contract';
import type { Cluster } from '../../contract';
import type { ClustersModel } from './model';
import { askReportPath } from './report-dialog';
import type { ReportChoice } from './report-dialog';

/** What saving a report needs. */
export interface IReportOptions {
  readonly cluster: Cluster;
  readonly model: Pick<ClustersModel, 'report' | 'record'>;
  readonly contents: Pick<Contents.IManager, 'get' | 'save'>;
  /** Folder that the file browser shows. */
  readonly folder: string;
  /** Opens a file that was saved. */
  readonly open: (path: string) => void;
  /** Where it goes; left out: the user is asked, also before a file is overwritten. */
  readonly path?: string;
  readonly trans: TranslationBundle;
}

/** Makes the report of the time until now, and saves it where the user wants; or leaves it recorded. */
export async function saveReport(options: IReportOptions): Promise<void> {
  const { cluster, model, contents, open, trans } = options;
  // The click is the end of the time that is reported, however long a name is thought about.
  const making = model.report(cluster.id);
  making.catch(() => undefined); // told below, once there is a name
  const chosen = options.path === undefined ? await choosePath(options) : { path: options.path };
  if (chosen === null) {
    return;
  }
  if (chosen === 'discard') {
    await model.record(cluster.id, false);
    return;
  }
  const { path } = chosen;
  const note = Notification.emit(
    trans.__('Saving the performance report of %1…', cluster.name),
    'in-progress',
    { autoClose: false }
  );
  try {
    await contents.save(path, { type: 'file', format: 'text', content: await making });
  } catch (error) {
    Notification.dismiss(note);
    throw error;
  }
  Notification.update({
    id: note,
    message: trans.__('The performance report was saved as %1.', path),
    type: 'success',
    autoClose: 10_000,
    actions: [{ label: trans.__('Open'), callback: () => open(path) }]
  });
  await model.record(cluster.id, false);
}

/** Name of the file of a report that is made now. */
export function reportName(cluster: string, now: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `dask-report-${cluster.replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${day}_${time}.html`;
}

/** Asks until there is a path that may be written; null: it goes on. */
async function choosePath(options: IReportOptions): Promise<ReportChoice> {
  const { cluster, contents, folder, trans } = options;
  let path = PathExt.join(folder, reportName(cluster.name, new Date()));
  for (;;) {
    const choice = await askReportPath(cluster.name, path, trans);
    if (choice === null || choice === 'discard') {
      return choice;
    }
    path = choice.path;
    const kind = await kindOf(contents, path);
    if (kind === 'directory') {
      throw new HepbatchError('conflict', trans.__('%1 is a folder', path), {
        next: trans.__('Save the report under another name; it is still recorded.')
      });
    }
    if (kind === null || (await mayOverwrite(path, trans))) {
      return choice;
    }
  }
}

/** What is at a path; null: nothing. */
async function kindOf(contents: Pick<Contents.IManager, 'get'>, path: string) {
  try {
    return (await contents.get(path, { content: false })).type;
  } catch (error) {
    if (error instanceof ServerConnection.ResponseError && error.response.status === 404) {
      return null;
    }
    throw error;
  }
}

async function mayOverwrite(path: string, trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Overwrite %1?', PathExt.basename(path)),
    body: trans.__('There is a file of this name in %1.', `/${PathExt.dirname(path)}`),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Overwrite') })]
  });
  return answer.button.accept;
}
