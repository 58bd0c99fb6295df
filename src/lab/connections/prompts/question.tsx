import { useEffect, useId, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Prompt } from '../../../contract';
import { useNow } from '../clock';
import { spanWords } from '../words';
import type { IOpenPrompt } from './model';
import { visibleText } from './visible-text';

/** What programs that store passwords are told: this field is none of theirs. */
const LEAVE_ALONE = {
  // Taken for a code that is used once, so that no browser offers to keep it.
  autoComplete: 'one-time-code',
  autoCapitalize: 'off',
  autoCorrect: 'off',
  spellCheck: false,
  'data-1p-ignore': 'true',
  'data-bwignore': 'true',
  'data-lpignore': 'true'
} as const;

/** Name of the element that holds what is typed; it is read once and kept nowhere. */
export const ANSWER_FIELD = 'hepbatch-answer';

/** A question in the exact words of the host, the field for its answer, and the time that is left. */
export function Question(props: {
  readonly open: IOpenPrompt;
  /** How many others wait behind it. */
  readonly waiting: number;
  /** Whether one can type at once; not where it appears beside what somebody does. */
  readonly takesFocus: boolean;
  readonly trans: TranslationBundle;
}) {
  const { open, waiting, takesFocus, trans } = props;
  const { prompt, failure } = open;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) {
      field.current?.focus();
    }
  }, [takesFocus]);
  return (
    <div className="jp-hepbatch-Question">
      {prompt.again && (
        <p className="jp-hepbatch-Question-again" role="alert">
          {trans.__('The answer before this one was not accepted.')}
        </p>
      )}
      {failure !== null && (
        <p className="jp-hepbatch-Question-again" role="alert">
          {trans.__('The answer could not be handed over: %1', failure.message)}
        </p>
      )}
      {prompt.kind === 'host-key' && <HostKey prompt={prompt} trans={trans} />}
      <pre id={`${id}-text`} className="jp-hepbatch-Question-text">
        {visibleText(prompt.text)}
      </pre>
      {prompt.kind !== 'host-key' && (
        <input
          ref={field}
          name={ANSWER_FIELD}
          type={prompt.kind === 'secret' ? 'password' : 'text'}
          className="jp-mod-styled"
          aria-label={trans.__('Answer')}
          aria-describedby={`${id}-text`}
          {...LEAVE_ALONE}
        />
      )}
      <p className="jp-hepbatch-Hint">
        <TimeLeft deadline={open.deadline} trans={trans} />
        {waiting > 0 &&
          ` · ${trans._n('%1 more question waits', '%1 more questions wait', waiting)}`}
      </p>
    </div>
  );
}

/** The words of the button that answers. */
export function answerLabel(kind: Prompt['kind'], trans: TranslationBundle): string {
  return kind === 'host-key' ? trans.__('Trust this host') : trans.__('Answer');
}

/** What is answered: what was typed, or that the key is trusted. The field is emptied. */
export function takeAnswer(kind: Prompt['kind'], node: HTMLElement): string {
  const field = node.querySelector<HTMLInputElement>(`input[name="${ANSWER_FIELD}"]`);
  const typed = field?.value ?? '';
  if (field !== null) {
    field.value = '';
  }
  return kind === 'host-key' ? 'yes' : typed;
}

function HostKey({
  prompt,
  trans
}: {
  readonly prompt: Prompt;
  readonly trans: TranslationBundle;
}) {
  const key = prompt.hostKey;
  return (
    <>
      <p>
        {trans.__(
          'This host is not known yet. Compare its fingerprint with the one that its administrators publish.'
        )}
      </p>
      {key !== null && (
        <dl className="jp-hepbatch-Facts">
          <dt>{trans.__('Host')}</dt>
          <dd>
            <code>{visibleText(key.host)}</code>
          </dd>
          <dt>{trans.__('Key')}</dt>
          <dd>
            <code>{visibleText(key.algorithm)}</code>
          </dd>
          <dt>{trans.__('Fingerprint')}</dt>
          <dd>
            <code>{visibleText(key.fingerprint)}</code>
          </dd>
          <dt>{trans.__('Remembered in')}</dt>
          <dd>
            <code>{visibleText(key.file)}</code>
          </dd>
        </dl>
      )}
    </>
  );
}

function TimeLeft(props: { readonly deadline: number; readonly trans: TranslationBundle }) {
  const { deadline, trans } = props;
  const left = deadline - useNow(1000);
  return (
    <span role="timer">
      {left > 0 ? trans.__('%1 left', spanWords(left, trans)) : trans.__('Time is up')}
    </span>
  );
}
