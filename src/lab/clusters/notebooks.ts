import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

/** The notebook that the user was last in. */
export class Notebooks {
  constructor(
    private readonly _tracker: INotebookTracker | null,
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _trans: TranslationBundle
  ) {}

  /** Name of its kernel; null: there is no notebook, or no kernel. */
  get kernel(): string | null {
    return this._tracker?.currentWidget?.sessionContext.session?.kernel?.name ?? null;
  }

  /** Puts code into a new cell below the active one; without a notebook it is copied. */
  async give(code: string): Promise<void> {
    if (!(await this._insert(code))) {
      Clipboard.copyToSystem(code);
      Notification.info(
        this._trans.__('No notebook is open. The code was copied: paste it where you need it.'),
        { autoClose: 10_000 }
      );
    }
  }

  private async _insert(code: string): Promise<boolean> {
    const panel = this._tracker?.currentWidget ?? null;
    if (panel === null) {
      return false;
    }
    const { NotebookActions } = await import('@jupyterlab/notebook');
    const { content } = panel;
    const isEmpty = content.activeCell?.model.sharedModel.getSource().trim() === '';
    if (!isEmpty || content.activeCell.model.type !== 'code') {
      NotebookActions.insertBelow(content);
    }
    content.activeCell?.model.sharedModel.setSource(code.trimEnd());
    this._shell.activateById(panel.id);
    return true;
  }
}
