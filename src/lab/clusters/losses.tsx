import type { TranslationBundle } from '@jupyterlab/translation';
import { bytesWords } from '../../contract';
import type { LossAdvice, WorkerLoss } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { adviceHint, adviceWords } from './loss-block';
import type { LossesModel } from './losses-model';
import { Sparkline } from './sparkline';
import { causeWords } from './words';

/** The reports of all workers that a cluster lost. */
export function LossesView(props: {
  readonly model: LossesModel;
  readonly onAdvice: (advice: LossAdvice) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, onAdvice, trans } = props;
  useSignal(model.stateChanged);
  const { losses, failure } = model;
  if (failure !== null) {
    return (
      <FailureView
        failure={failure}
        title={trans.__('The reports could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  if (losses === null || losses.length === 0) {
    return (
      <p className="jp-hepbatch-Hint" role="status">
        {losses === null ? trans.__('Reading…') : trans.__('No worker was lost.')}
      </p>
    );
  }
  return (
    <ul className="jp-hepbatch-Losses" aria-label={trans.__('Lost workers')}>
      {losses.map(loss => (
        <Report key={loss.id} loss={loss} onAdvice={onAdvice} trans={trans} />
      ))}
    </ul>
  );
}

function Report(props: {
  readonly loss: WorkerLoss;
  readonly onAdvice: (advice: LossAdvice) => void;
  readonly trans: TranslationBundle;
}) {
  const { loss, onAdvice, trans } = props;
  const { at, worker, host, job, tasks, taskCount, memory, evidence, lastLines, advice } = loss;
  const { limitBytes, peakBytes, samples } = memory;
  const where = job === null ? host : trans.__('%1, job %2', host, job);
  return (
    <li className="jp-hepbatch-LossReport">
      <h3>
        {worker}
        <span className="jp-hepbatch-Hint">
          {trans.__('%1, %2', new Date(at).toLocaleString(), where)}
        </span>
      </h3>
      <p>
        <strong>{trans.__('Cause: %1.', causeWords(loss.cause, trans))}</strong>
        {!loss.isComplete && ` ${trans.__('Batch system and logs are still being asked.')}`}
      </p>
      {evidence.map(line => (
        <p key={line}>{line}</p>
      ))}
      {peakBytes !== null && (
        <div className="jp-hepbatch-Report-memory">
          <Sparkline samples={samples.map(({ bytes }) => bytes)} limit={limitBytes} />
          <span>
            {limitBytes === null
              ? trans.__('Memory: at most %1 was seen.', bytesWords(peakBytes))
              : trans.__(
                  'Memory: at most %1 of %2.',
                  bytesWords(peakBytes),
                  bytesWords(limitBytes)
                )}
          </span>
        </div>
      )}
      {tasks.length > 0 && (
        <>
          <p>{trans._n('It ran %1 task.', 'It ran %1 tasks.', taskCount)}</p>
          <ul className="jp-hepbatch-Report-tasks">
            {tasks.map(({ key, deaths, failed }) => (
              <li key={key}>
                <code>{key}</code>{' '}
                {trans._n('%1 worker died with it', '%1 workers died with it', deaths)}
                {failed && `; ${trans.__('Dask gave it up')}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {lastLines.length > 0 && (
        <details>
          <summary>{trans.__('Last lines of its log')}</summary>
          <pre tabIndex={0}>{lastLines.join('\n')}</pre>
        </details>
      )}
      {advice.length > 0 && (
        <div className="jp-hepbatch-Form-buttons">
          {advice.map(one => (
            <button
              key={one.kind}
              type="button"
              className="jp-hepbatch-Button"
              title={adviceHint(one, trans)}
              onClick={() => onAdvice(one)}
            >
              {adviceWords(one, trans)}
            </button>
          ))}
        </div>
      )}
    </li>
  );
}
