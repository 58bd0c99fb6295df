import type { TranslationBundle } from '@jupyterlab/translation';
import { bytesWords } from '../../contract';
import type { LossAdvice, LossSummary } from '../../contract';
import { causeWords } from './words';

/** The worker that was lost last: which task, how often, its memory, why, and what to do. */
export function LossBlock(props: {
  readonly loss: LossSummary;
  readonly count: number;
  readonly onAdvice: (advice: LossAdvice) => void;
  readonly onAll: () => void;
  readonly trans: TranslationBundle;
}) {
  const { loss, count, onAdvice, onAll, trans } = props;
  return (
    <div className="jp-hepbatch-Loss" role="group" aria-label={trans.__('Lost worker')}>
      <p>
        <strong>{lossTitle(loss, trans)}</strong>{' '}
        <time dateTime={loss.at}>{new Date(loss.at).toLocaleTimeString()}</time>
      </p>
      {lossLines(loss, trans).map(line => (
        <p key={line}>{line}</p>
      ))}
      <div className="jp-hepbatch-Item-actions">
        {loss.advice.map(advice => (
          <button
            key={advice.kind}
            type="button"
            className="jp-hepbatch-Link"
            title={adviceHint(advice, trans)}
            onClick={() => onAdvice(advice)}
          >
            {adviceWords(advice, trans)}
          </button>
        ))}
        <button type="button" className="jp-hepbatch-Link" onClick={onAll}>
          {trans._n('Report', 'All %1 lost workers', count)}
        </button>
      </div>
    </div>
  );
}

/** What happened, in one line. */
export function lossTitle({ killed, worker }: LossSummary, trans: TranslationBundle): string {
  return killed
    ? trans.__('KilledWorker: Dask gave a task up')
    : trans.__('The worker %1 was lost', worker);
}

/** The task, the memory, and the cause with what it rests on. */
export function lossLines(loss: LossSummary, trans: TranslationBundle): string[] {
  const { task, deaths, peakBytes, limitBytes, cause, evidence, isComplete } = loss;
  const lines: string[] = [];
  if (task !== null) {
    lines.push(
      trans._n(
        'Task %2: %1 worker died with it.',
        'Task %2: %1 workers died with it.',
        deaths,
        task
      )
    );
  }
  if (peakBytes !== null) {
    lines.push(
      limitBytes === null
        ? trans.__('Memory: at most %1 was seen.', bytesWords(peakBytes))
        : trans.__('Memory: at most %1 of %2.', bytesWords(peakBytes), bytesWords(limitBytes))
    );
  }
  lines.push(
    evidence === null
      ? trans.__('Cause: %1.', causeWords(cause, trans))
      : trans.__('Cause: %1; %2', causeWords(cause, trans), evidence)
  );
  if (!isComplete) {
    lines.push(trans.__('Batch system and logs are still being asked.'));
  }
  return lines;
}

/** What the button of an advice says. */
export function adviceWords(advice: LossAdvice, trans: TranslationBundle): string {
  return advice.kind === 'run-iteratively'
    ? trans.__('Run that file iteratively')
    : trans.__('Raise memory to %1…', advice.memory);
}

/** What its button does. */
export function adviceHint(advice: LossAdvice, trans: TranslationBundle): string {
  return advice.kind === 'run-iteratively'
    ? trans.__('Insert code into the notebook that runs one file without Dask')
    : trans.__('Fill in a new cluster like this one, with that memory');
}
