/** Brings the output of spooled jobs back. */
import type { JobsOutcome } from '../../../contract';
import type { IScheduler, JobState } from '../schedulers/scheduler';
import type { IWatchedSubmission } from '../watch/submission';
import type { IChosen } from '../watch/table';
import { outcomeOf, selectionsOf } from './act';

const ENDED: ReadonlySet<JobState> = new Set(['succeeded', 'failed']);

/**
 * Fetches the output of the jobs that completed, then takes them away there; only those of this
 * submission. Without a spool there is nothing to do.
 */
export async function fetchOutput(
  known: IWatchedSubmission,
  { scheduler }: { readonly scheduler: IScheduler },
  all: readonly IChosen[],
  signal: AbortSignal
): Promise<JobsOutcome[]> {
  const outcomes: JobsOutcome[] = [];
  for (const one of known.plan.spool ? selectionsOf(known, all, ENDED) : []) {
    outcomes.push(outcomeOf(one, await scheduler.fetch(one.selection.cluster, signal)));
  }
  return outcomes;
}
