import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission, SubmissionDataset } from '../../contract';
import { JobBar } from './job-bar';
import { FITTING } from './monitor';
import type { IMonitorActions } from './monitor';
import type { MonitorModel } from './monitor-model';
import { countsWords, jobsWords } from './words';

/** A bar for each sample; where its first jobs all failed alike, its other jobs can be stopped. */
export function Samples(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, actions, trans } = props;
  const { datasets, can } = submission;
  return (
    <section className="jp-hepbatch-Samples" aria-label={trans.__('Samples')}>
      <h3>{trans.__('Samples')}</h3>
      <ul>
        {[...datasets].sort(troubleFirst).map(sample => (
          <li key={sample.dataset}>
            <button
              type="button"
              className="jp-hepbatch-Sample"
              aria-pressed={model.filter.dataset === sample.dataset}
              title={trans.__('Show only jobs of %1', sample.dataset)}
              onClick={() => model.chooseDataset(sample.dataset)}
            >
              <span className="jp-hepbatch-Item-name">{sample.dataset}</span>
              <span className="jp-hepbatch-Hint">
                {countsWords(sample.counts, trans) || jobsWords(sample.jobs, trans)}
              </span>
              <JobBar counts={sample.counts} trans={trans} />
            </button>
            {sample.alike !== null && (
              <Alike
                sample={sample}
                words={sample.alike}
                canRemove={can.includes('remove')}
                onStop={() =>
                  actions.act(
                    'remove',
                    model.jobs.filter(
                      ({ dataset, state }) =>
                        dataset === sample.dataset &&
                        FITTING.remove.some(fitting => fitting === state)
                    )
                  )
                }
                trans={trans}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Alike(props: {
  readonly sample: SubmissionDataset;
  readonly words: string;
  readonly canRemove: boolean;
  readonly onStop: () => void;
  readonly trans: TranslationBundle;
}) {
  const { sample, words, canRemove, onStop, trans } = props;
  const { counts } = sample;
  const left = FITTING.remove.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return (
    <div className="jp-hepbatch-Problem jp-mod-warning" role="status">
      <p>{trans.__('The first jobs of %1 all failed with: %2', sample.dataset, words)}</p>
      {left > 0 && canRemove && (
        <button type="button" className="jp-hepbatch-Button" onClick={onStop}>
          {trans.__('Stop the other %1…', jobsWords(left, trans))}
        </button>
      )}
    </div>
  );
}

function troubleFirst(one: SubmissionDataset, other: SubmissionDataset): number {
  const trouble = ({ counts }: SubmissionDataset) => (counts.failed ?? 0) + (counts.held ?? 0);
  return trouble(other) - trouble(one);
}
