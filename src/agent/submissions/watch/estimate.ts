/** When a submission may end, from its jobs so far: pure. */
import type { IWatchedRow } from './row';

/**
 * In seconds since 1970. The jobs that are left are taken to need as long as those that succeeded, and to
 * run as many at once as run now. Null where none succeeded, none is left, or none runs.
 */
export function endOfAll(
  rows: Iterable<{ readonly row: IWatchedRow }>,
  now: number
): number | null {
  let [ended, endedSeconds, running, ranSeconds, waiting] = [0, 0, 0, 0, 0];
  for (const { row } of rows) {
    if (row.state === 'succeeded' && row.wallSeconds !== null) {
      ended += 1;
      endedSeconds += row.wallSeconds;
    } else if (row.state === 'running') {
      running += 1;
      ranSeconds += row.since === null ? 0 : Math.max(0, now - row.since);
    } else if (row.state === 'pending') {
      waiting += 1;
    }
  }
  if (ended === 0 || running === 0) {
    return null;
  }
  const each = endedSeconds / ended;
  const left = Math.max(0, each * running - ranSeconds) + each * waiting;
  return now + left / running;
}
