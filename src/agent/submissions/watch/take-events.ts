/** Puts the events of logs into the table. */
import { EVENT, secondsAt } from '../schedulers/htcondor/event-log';
import type { ILogEvent } from '../schedulers/htcondor/event-log';
import { afterEvent } from './row';
import type { IWatchedRow } from './row';
import type { JobTable } from './table';

/** The clock of the submitting machine. */
export interface IClock {
  /** How far it is before UTC. */
  readonly zoneMinutes: number;
  readonly nowSeconds: number;
}

/** The word for a job that its scheduler has and that was not seen yet. */
export const SUBMITTED = 'Submitted';

/** Words of jobs that may not be made yet, so that no event tells of their end. */
const NOT_MADE = new Set([SUBMITTED, 'Not materialized']);

/**
 * Events of any clusters; `names` has their names by ClusterId, those of others are passed over. A row is
 * changed once, whatever happened to it in between.
 */
export function takeEvents(
  table: JobTable,
  events: readonly ILogEvent[],
  names: ReadonlyMap<string, string>,
  { zoneMinutes, nowSeconds }: IClock
): void {
  const changed = new Map<string, Map<number, IWatchedRow>>();
  for (const event of events) {
    const name = names.get(event.clusterId);
    if (name === undefined) {
      continue;
    }
    const rows = changed.get(name) ?? new Map<number, IWatchedRow>();
    changed.set(name, rows);
    const at = secondsAt(event.at, zoneMinutes, nowSeconds);
    const ofAll = event.kind === EVENT.clusterRemoved ? neverMade(table, name, rows) : null;
    for (const row of ofAll ?? [rows.get(event.proc) ?? table.row(name, event.proc)]) {
      if (row !== undefined) {
        const next = ofAll === null ? afterEvent(row, event, at) : gone(row, at);
        rows.set(row.proc, next);
      }
    }
  }
  for (const [name, rows] of changed) {
    for (const row of rows.values()) {
      table.put(name, row);
    }
  }
}

function neverMade(
  table: JobTable,
  name: string,
  changed: ReadonlyMap<number, IWatchedRow>
): readonly IWatchedRow[] {
  return table
    .rows(name)
    .map(row => changed.get(row.proc) ?? row)
    .filter(({ state, said }) => state !== 'removed' && NOT_MADE.has(said));
}

function gone(row: IWatchedRow, at: number | null): IWatchedRow {
  const reason = 'its cluster was removed before it was made';
  return { ...row, state: 'removed', said: 'Removed', reason, since: at };
}
