/** Asks a queue once for the jobs of several submissions of one user on one connection. */
import type { IScheduler, IWatched } from '../schedulers/scheduler';
import type { IWatchedSubmission } from './submission';
import type { Watch } from './watch';

/** A submission that is watched. */
export interface ITogether {
  readonly watch: Watch;
  readonly known: IWatchedSubmission;
}

/**
 * One question for all that are due, where any is. Call `look` with `queue: 'never'` after it. Never
 * throws for what the scheduler does: each of them is `blind` then.
 */
export async function askTogether(
  all: readonly ITogether[],
  scheduler: IScheduler,
  now: () => Date,
  signal: AbortSignal
): Promise<void> {
  const due = all
    .filter(({ watch, known }) => watch.isDue(known))
    .map(one => ({ ...one, asked: one.watch.watched(one.known) }));
  const asked: readonly IWatched[] = due.flatMap(one => one.asked);
  const at = now().getTime();
  try {
    const rows = asked.length === 0 ? [] : await scheduler.jobs(asked, signal);
    let from = 0;
    for (const { watch, known, asked: own } of due) {
      watch.answered(known, own, rows.slice(from, from + own.length), at);
      from += own.length;
    }
  } catch (cause) {
    for (const { watch, known } of due) {
      watch.unanswered(known, cause, at, signal);
    }
  }
}
