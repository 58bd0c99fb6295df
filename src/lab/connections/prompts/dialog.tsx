import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IOpenPrompt, PromptsModel } from './model';
import { ANSWER_FIELD, answerLabel, Question, takeAnswer } from './question';
import { visibleText } from './visible-text';

/** Shows what is asked in dialogs, one after the other, until it is closed here or elsewhere. */
export class PromptDialogs {
  constructor(
    private readonly _model: PromptsModel,
    private readonly _trans: TranslationBundle
  ) {
    _model.stateChanged.connect(this._onState, this);
    this._onState();
  }

  private _onState(): void {
    const first = this._model.prompts[0];
    if (this._shown !== null && this._shown.open !== first) {
      const { open, dialog } = this._shown;
      const known = this._model.prompts.some(({ prompt }) => prompt.id === open.prompt.id);
      if (known) {
        this._shown.body.update(); // how many wait has changed
        return;
      }
      this._shown = null;
      // Not disposed: that would break the dialogs that wait behind it.
      dialog.reject();
    }
    if (this._shown === null && first !== undefined) {
      void this._show(first);
    } else {
      this._shown?.body.update();
    }
  }

  private async _show(open: IOpenPrompt): Promise<void> {
    const { prompt } = open;
    const body = new QuestionBody(open, this._model, this._trans);
    const dialog = new PromptDialog({
      title: this._trans.__('%1 asks', visibleText(prompt.title)),
      body,
      focusNodeSelector: `input[name="${ANSWER_FIELD}"]`,
      buttons: [
        Dialog.cancelButton({ label: this._trans.__('Cancel') }),
        Dialog.okButton({ label: answerLabel(prompt.kind, this._trans) })
      ],
      // Enter alone must not trust a host.
      defaultButton: prompt.kind === 'host-key' ? 0 : 1
    });
    dialog.addClass('jp-hepbatch');
    dialog.addClass('jp-hepbatch-PromptDialog');
    this._shown = { open, dialog, body };
    const result = await dialog.launch();
    if (!this._isShown(dialog)) {
      return; // answered elsewhere, cancelled, or out of time
    }
    this._shown = null;
    await (result.button.accept
      ? this._model.answer(prompt.id, result.value ?? '')
      : this._model.cancel(prompt.id));
  }

  private _isShown(dialog: PromptDialog): boolean {
    return this._shown?.dialog === dialog;
  }

  private _shown: {
    readonly open: IOpenPrompt;
    readonly dialog: PromptDialog;
    readonly body: QuestionBody;
  } | null = null;
}

/** A click beside it, which may be meant for something else, does not cancel a login. */
class PromptDialog extends Dialog<string> {
  protected override _evtClick(event: MouseEvent): void {
    const content = this.node.querySelector('.jp-Dialog-content');
    if (event.target instanceof Node && content?.contains(event.target) === true) {
      super._evtClick(event);
    } else {
      event.stopPropagation();
      event.preventDefault();
    }
  }
}

class QuestionBody extends ReactWidget implements Dialog.IBodyWidget {
  constructor(
    private readonly _open: IOpenPrompt,
    private readonly _model: PromptsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  /** Called once, when the dialog is accepted. */
  getValue(): string {
    return takeAnswer(this._open.prompt.kind, this.node);
  }

  protected override render() {
    const waiting = Math.max(0, this._model.prompts.length - 1);
    return <Question open={this._open} waiting={waiting} takesFocus trans={this._trans} />;
  }
}
