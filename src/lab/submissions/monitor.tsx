import { Suspense, lazy, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobState, Submission, SubmissionJob } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Groups } from './groups';
import { JobDetail } from './job-detail';
import type { JobLogModel } from './job-log-model';
import { JobsTable } from './jobs-table';
import type { ILimits } from './limits';
import { MonitorHeader } from './monitor-header';
import type { MonitorModel } from './monitor-model';
import { Samples } from './samples';

const Plots = lazy(async () => ({ default: (await import('./plots')).Plots }));

/** The verbs on jobs; which of them are meant is said by the states that a verb fits. */
export const FITTING = {
  hold: ['pending', 'running'],
  release: ['held'],
  remove: ['pending', 'running', 'held', 'unknown'],
  retry: ['held', 'failed', 'removed']
} as const satisfies Record<string, readonly JobState[]>;
export type MonitorVerb = keyof typeof FITTING;

/** What a monitor does; dialogs and messages belong to whoever made it. */
export interface IMonitorActions {
  /** Does it with exactly these jobs, after a question. */
  readonly act: (verb: MonitorVerb, jobs: readonly SubmissionJob[]) => void;
  readonly run: (verb: 'reconcile' | 'resume' | 'fetch' | 'audit' | 'again' | 'forget') => void;
  readonly open: (token: string) => void;
  readonly copy: (text: string) => void;
  /** Types a line into a terminal of this machine; null where it cannot. */
  readonly terminal: ((line: string) => void) | null;
  readonly logOf: (job: { readonly cluster: string; readonly proc: number }) => JobLogModel;
}

/** One submission, watched: samples, failures, jobs, and what can be done. */
export function Monitor(props: {
  readonly model: MonitorModel;
  readonly limits: ILimits;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, limits, actions, trans } = props;
  useSignal(model.stateChanged);
  const [hasPlots, setPlots] = useState(false);
  const { submission, failure, looked } = model;
  if (submission === null) {
    return failure !== null ? (
      <FailureView
        failure={failure}
        title={trans.__('The submission could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    ) : (
      <p className="jp-hepbatch-Hint" role="status">
        {model.isLoaded ? trans.__('This submission is not known here.') : trans.__('Reading…')}
      </p>
    );
  }
  return (
    <div className="jp-hepbatch-Report jp-hepbatch-Monitor">
      <MonitorHeader model={model} submission={submission} actions={actions} trans={trans} />
      <Troubles submission={submission} trans={trans} />
      {failure !== null && (
        <FailureView
          failure={failure}
          title={trans.__('The jobs could not be read')}
          trans={trans}
          onRetry={() => void model.refresh()}
        />
      )}
      <Groups model={model} submission={submission} actions={actions} trans={trans} />
      <Samples model={model} submission={submission} actions={actions} trans={trans} />
      <details
        className="jp-hepbatch-PlotsPart"
        onToggle={event => setPlots(event.currentTarget.open)}
      >
        <summary>{trans.__('Wall time and memory')}</summary>
        {hasPlots && (
          <Suspense fallback={<p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>}>
            <Plots jobs={model.shown} limits={limits} trans={trans} />
          </Suspense>
        )}
      </details>
      <div className="jp-hepbatch-Files jp-hepbatch-Jobs">
        <JobsTable model={model} submission={submission} actions={actions} trans={trans} />
        {looked !== null && (
          <JobDetail
            key={`${looked.cluster}#${looked.proc}`}
            job={looked}
            actions={actions}
            onClose={() => model.look(null)}
            trans={trans}
          />
        )}
      </div>
    </div>
  );
}

/** What is not certain, not seen, or went wrong with the submission itself. */
function Troubles(props: { readonly submission: Submission; readonly trans: TranslationBundle }) {
  const { submission, trans } = props;
  const { failure, blind, warnings, seenAt } = submission;
  return (
    <>
      {failure !== null && (
        <FailureView
          failure={failure}
          title={
            submission.state === 'unknown'
              ? trans.__('It is not certain what the scheduler has')
              : trans.__('It was not submitted whole')
          }
          trans={trans}
        />
      )}
      {blind !== null && (
        <div className="jp-hepbatch-Problem jp-mod-warning" role="status">
          <strong>{trans.__('Its jobs cannot be seen right now')}</strong>
          <p>{blind.message}</p>
          <p className="jp-hepbatch-Hint">
            {seenAt !== null &&
              trans.__('What is shown is from %1.', new Date(seenAt).toLocaleString())}{' '}
            {blind.data.next}
          </p>
        </div>
      )}
      {warnings.map(warning => (
        <p key={warning} className="jp-hepbatch-Problem jp-mod-warning">
          {warning}
        </p>
      ))}
    </>
  );
}
