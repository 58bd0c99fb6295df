import type { ILabStatus, JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, MainAreaWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';
import { connectionIcon } from '../icons';
import { LazyPanel } from '../lazy-panel';

/** Which form: of a new connection, of one that is there, or of a copy. */
export type FormPurpose =
  | { readonly kind: 'new'; readonly backend?: unknown }
  | { readonly kind: 'edit'; readonly id: string }
  | { readonly kind: 'duplicate'; readonly id: string };

/** What a form tells the panel that it lies in. */
export interface IFormFrame {
  readonly titled: (label: string) => void;
  /** Whether something would be lost if the panel were closed. */
  readonly setDirty: (isDirty: boolean) => void;
  /** Closes the panel; what is not saved is asked about. */
  readonly close: () => void;
}

/** The panels of forms in the main area. */
export class ConnectionPanels {
  /** `content` is loaded when a form is first seen. */
  constructor(
    private readonly _options: {
      readonly shell: JupyterFrontEnd.IShell;
      readonly status: ILabStatus | null;
      readonly content: (purpose: FormPurpose, frame: IFormFrame) => Promise<Widget>;
      readonly trans: TranslationBundle;
    }
  ) {}

  /** Shows a form; what is filled in in an open one is kept. */
  openForm(purpose: FormPurpose): void {
    const { shell, status, content, trans } = this._options;
    const id = `hepbatch-connection-${purpose.kind}${purpose.kind === 'new' ? '' : `-${purpose.id}`}`;
    const known = this._open.get(id);
    if (known !== undefined && !known.isDisposed) {
      shell.activateById(id);
      return;
    }
    const panel: FormPanel = new FormPanel({
      content: new LazyPanel(() =>
        content(purpose, {
          titled: label => (panel.title.label = label),
          setDirty: isDirty => panel.setDirty(isDirty),
          close: () => panel.close()
        })
      ),
      status,
      trans
    });
    panel.id = id;
    panel.title.label =
      purpose.kind === 'edit' ? trans.__('Connection') : trans.__('New connection');
    this._open.set(id, panel);
    shell.add(panel, 'main', { type: 'hepbatch' });
    shell.activateById(id);
  }

  private readonly _open = new Map<string, FormPanel>();
}

/** A panel that asks before what is filled in is lost. */
class FormPanel extends MainAreaWidget {
  constructor(
    private readonly _options: {
      readonly content: Widget;
      readonly status: ILabStatus | null;
      readonly trans: TranslationBundle;
    }
  ) {
    super({ content: _options.content });
    this.title.icon = connectionIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  setDirty(isDirty: boolean): void {
    if (isDirty === this._isDirty) {
      return;
    }
    this._isDirty = isDirty;
    this.title.className = isDirty ? 'jp-mod-dirty' : '';
    // The browser asks, too, before the page is left.
    this._claim?.dispose();
    this._claim = isDirty ? (this._options.status?.setDirty() ?? null) : null;
  }

  override dispose(): void {
    this._claim?.dispose();
    this._claim = null;
    super.dispose();
  }

  protected override onCloseRequest(msg: Message): void {
    if (this._isDirty) {
      void this._ask();
    } else {
      super.onCloseRequest(msg);
    }
  }

  private async _ask(): Promise<void> {
    const { trans } = this._options;
    if (this._isAsking) {
      return;
    }
    this._isAsking = true;
    const { button } = await showDialog({
      title: trans.__('Leave without saving?'),
      body: trans.__('What you filled in for this connection would be lost.'),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep editing') }),
        Dialog.warnButton({ label: trans.__('Discard') })
      ]
    });
    this._isAsking = false;
    if (button.accept) {
      this.dispose();
    }
  }

  private _isDirty = false;
  private _isAsking = false;
  private _claim: IDisposable | null = null;
}
