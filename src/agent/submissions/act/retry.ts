/** Runs jobs again: held ones go on, those that left the queue are a matter of another submission. */
import type { JobsOutcome } from '../../../contract';
import { EXIT } from '../plan';
import type { IJobChange, IScheduler, JobState } from '../schedulers/scheduler';
import type { IWatchedRow } from '../watch/row';
import type { IWatchedSubmission } from '../watch/submission';
import type { IChosen } from '../watch/table';
import { outcomeOf, selectionsOf } from './act';

const HELD: ReadonlySet<JobState> = new Set(['held']);

/** Changes what held jobs ask for, and releases those where that was done. Throws `unsupported`. */
export async function retryHeld(
  known: IWatchedSubmission,
  { scheduler }: { readonly scheduler: IScheduler },
  chosen: readonly IChosen[],
  change: IJobChange,
  signal: AbortSignal
): Promise<JobsOutcome[]> {
  const outcomes: JobsOutcome[] = [];
  for (const one of selectionsOf(known, chosen, HELD)) {
    const edited = await scheduler.edit(one.selection, change, signal);
    const outcome = edited.end === 'done' ? await scheduler.release(one.selection, signal) : edited;
    outcomes.push(outcomeOf(one, outcome));
  }
  return outcomes;
}

/**
 * The input files of chosen jobs that left the queue without success, by dataset. Not of unknown ones:
 * they may run; nor of fenced ones: another cluster runs them.
 */
export function filesToRunAgain(
  { plan }: IWatchedSubmission,
  chosen: readonly IChosen[]
): ReadonlyMap<string, readonly string[]> {
  const planned = new Map(plan.clusters.map(one => [one.name, one]));
  const files = new Map<string, string[]>();
  for (const { cluster, rows } of chosen) {
    const { dataset, jobs } = planned.get(cluster) ?? { dataset: '', jobs: [] };
    for (const row of rows.filter(hasLeft)) {
      const known = files.get(dataset) ?? [];
      files.set(dataset, known);
      known.push(...(jobs[row.proc]?.files ?? []));
    }
  }
  return files;
}

function hasLeft({ state, exitCode }: IWatchedRow): boolean {
  return (state === 'failed' || state === 'removed') && exitCode !== EXIT.fenced;
}
