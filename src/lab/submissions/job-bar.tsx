import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobCounts, JobState } from '../../contract';
import { JOB_STATES, countsWords, jobStateWord } from './words';

/** The class that gives a part the colour of a state. */
export function jobClass(state: JobState): string {
  return `jp-hepbatch-job-${state}`;
}

/** A bar with a part for each state; even one job among many is to be seen. */
export function JobBar(props: {
  readonly counts: JobCounts;
  /** Whose jobs they are, where that is not said by what stands around it. */
  readonly of?: string;
  readonly trans: TranslationBundle;
}) {
  const { counts, of, trans } = props;
  const said = countsWords(counts, trans);
  const words = of === undefined ? said : `${of}: ${said}`;
  return (
    <div className="jp-hepbatch-StatusBar" role="img" aria-label={words} title={words}>
      {JOB_STATES.filter(state => (counts[state] ?? 0) > 0).map(state => (
        <span key={state} className={jobClass(state)} style={{ flexGrow: counts[state] }} />
      ))}
    </div>
  );
}

/** The word of a state, with a dot of its colour. */
export function JobStateMark(props: {
  readonly state: JobState;
  readonly trans: TranslationBundle;
}) {
  const { state, trans } = props;
  return (
    <span className="jp-hepbatch-StatusMark">
      <span className={`jp-hepbatch-JobDot ${jobClass(state)}`} aria-hidden="true" />
      {jobStateWord(state, trans)}
    </span>
  );
}
