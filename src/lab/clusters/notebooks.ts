import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';

/** The notebook that the user was last in. */
export class Notebooks {
  constructor(
    private readonly _tracker: INotebookTracker | null,
    private readonly _shell: JupyterFrontEnd.IShell
  ) {}

  /** Name of its kernel; null: there is no notebook, or no kernel. */
  get kernel(): string | null {
    return this._tracker?.currentWidget?.sessionContext.session?.kernel?.name ?? null;
  }

  /** Puts code into a new cell below the active one; false where there is no notebook. */
  async insert(code: string): Promise<boolean> {
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
