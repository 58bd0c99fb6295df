/** Holds, releases and removes chosen jobs of a submission, one cluster after the other. */
import type { JobsOutcome } from '../../../contract';
import type { ActionOutcome, IScheduler, ISelection, JobState } from '../schedulers/scheduler';
import type { IWatchedSubmission } from '../watch/submission';
import type { IChosen } from '../watch/table';

/** What is done with jobs at once. */
export type JobVerb = 'hold' | 'release' | 'remove';

/** Jobs in other states are left as they are. */
const STATES: Readonly<Record<JobVerb, ReadonlySet<JobState>>> = {
  hold: new Set(['pending', 'running', 'unknown']),
  release: new Set(['held']),
  remove: new Set(['pending', 'running', 'held', 'unknown'])
};

/** Jobs of one cluster, and how the scheduler calls them. */
export interface IActedOn {
  readonly name: string;
  readonly jobs: number;
  readonly selection: ISelection;
}

/** What came of it, for each cluster that has any of these jobs. */
export async function act(
  verb: JobVerb,
  known: IWatchedSubmission,
  { scheduler }: { readonly scheduler: IScheduler },
  chosen: readonly IChosen[],
  signal: AbortSignal
): Promise<JobsOutcome[]> {
  const outcomes: JobsOutcome[] = [];
  for (const one of selectionsOf(known, chosen, STATES[verb])) {
    outcomes.push(outcomeOf(one, await scheduler[verb](one.selection, signal)));
  }
  return outcomes;
}

/**
 * The jobs that are in one of the states, by cluster. A cluster is named as a whole where all that is not
 * over of it is chosen: only so jobs are meant too that HTCondor has not made yet.
 */
export function selectionsOf(
  { plan, sent }: IWatchedSubmission,
  chosen: readonly IChosen[],
  states: ReadonlySet<JobState>
): readonly IActedOn[] {
  const clusters = new Map(sent.map(({ name, cluster }) => [name, cluster]));
  return chosen.flatMap(({ cluster: name, rows, others }) => {
    const cluster = clusters.get(name) ?? null;
    const meant = rows.filter(({ state }) => states.has(state));
    if (cluster === null || meant.length === 0) {
      return [];
    }
    const isLeft = others.some(({ state }) => states.has(state));
    // What is over and spooled is still in the queue, with its output.
    const isWhole = !isLeft && !(plan.spool && meant.length < rows.length + others.length);
    const procs = isWhole ? null : meant.map(({ proc }) => proc);
    return [{ name, jobs: meant.length, selection: { cluster, procs } }];
  });
}

/** An outcome as the contract has it. */
export function outcomeOf({ name, jobs }: IActedOn, outcome: ActionOutcome): JobsOutcome {
  const words = outcome.end === 'unknown' ? outcome.why : outcome.words;
  return { cluster: name, jobs, end: outcome.end, words };
}
