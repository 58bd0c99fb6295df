/** Runs jobs again: held ones go on, those that left the queue are a matter of another submission. */
import type { JobsOutcome } from '../../../contract';
import { EXIT } from '../plan';
import type { IJobChange, IScheduler, JobState } from '../schedulers/scheduler';
import type { IWatchedRow } from '../watch/row';
import type { IWatchedSubmission } from '../watch/submission';
import type { IChosen } from '../watch/table';
import { ofMany, outcomeOf, selectionsOf } from './act';

const HELD: ReadonlySet<JobState> = new Set(['held']);

/** Changes what held jobs ask for, and releases those where that was done. Throws `unsupported`. */
export async function retryHeld(
  known: IWatchedSubmission,
  { scheduler }: { readonly scheduler: IScheduler },
  chosen: readonly IChosen[],
  change: IJobChange,
  signal: AbortSignal
): Promise<JobsOutcome[]> {
  const all = selectionsOf(known, chosen, HELD);
  const edited = await ofMany(scheduler, change, all, signal);
  const good = all.filter((_, i) => edited[i]?.end === 'done');
  const released = await ofMany(scheduler, 'release', good, signal);
  const last = new Map(good.map((one, i) => [one, released[i]]));
  return all.flatMap((one, i) => {
    const outcome = last.get(one) ?? edited[i];
    return outcome === undefined ? [] : [outcomeOf(one, outcome)];
  });
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
