import { useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { useSignal } from '../../redraw';
import type { IOpenPrompt, PromptsModel } from './model';
import { answerLabel, Question, takeAnswer } from './question';
import { visibleText } from './visible-text';

/** What is asked, where dialogs may not be: in a cell. The Lab may show the same as a dialog. */
export class InlinePrompts extends ReactWidget {
  constructor(
    private readonly _model: PromptsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-hepbatch-InlinePrompts');
  }

  protected override render() {
    return <First model={this._model} trans={this._trans} />;
  }
}

function First({
  model,
  trans
}: {
  readonly model: PromptsModel;
  readonly trans: TranslationBundle;
}) {
  useSignal(model.stateChanged);
  const [first, ...others] = model.prompts;
  return first === undefined ? null : (
    <Inline
      key={first.prompt.id}
      open={first}
      waiting={others.length}
      model={model}
      trans={trans}
    />
  );
}

function Inline(props: {
  readonly open: IOpenPrompt;
  readonly waiting: number;
  readonly model: PromptsModel;
  readonly trans: TranslationBundle;
}) {
  const { open, waiting, model, trans } = props;
  const { id, title, kind } = open.prompt;
  const node = useRef<HTMLDivElement>(null);
  const answer = () => {
    if (node.current !== null) {
      void model.answer(id, takeAnswer(kind, node.current));
    }
  };
  const heading = trans.__('%1 asks', visibleText(title));
  return (
    <div
      ref={node}
      className="jp-hepbatch-InlinePrompt"
      role="group"
      aria-label={heading}
      onKeyDown={event => {
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
          answer();
        }
      }}
    >
      <strong>{heading}</strong>
      <Question open={open} waiting={waiting} takesFocus={false} trans={trans} />
      <div className="jp-hepbatch-Form-buttons">
        <button type="button" className="jp-hepbatch-Button jp-mod-primary" onClick={answer}>
          {answerLabel(kind, trans)}
        </button>
        <button type="button" className="jp-hepbatch-Button" onClick={() => void model.cancel(id)}>
          {trans.__('Cancel')}
        </button>
      </div>
    </div>
  );
}
