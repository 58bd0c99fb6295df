/** What the event logs of a submission tell of its jobs. */
import type { IHost } from '../../connections/hosts/host';
import { Logs } from './logs';
import type { FollowedLog } from './logs';
import { logPath } from './paths';
import { isOver } from './row';
import { namesOf } from './submission';
import type { IWatchedSubmission } from './submission';
import type { JobTable } from './table';
import { takeEvents } from './take-events';
import { zoneOf } from './zone';

/** The clock of a host changes its zone twice a year. */
const ZONE_SECONDS = 60 * 60;

/** The logs of one submission, as far as they were read. */
export class Events {
  /** What was read before, by file name. */
  constructor(known: ReadonlyMap<string, FollowedLog> = new Map()) {
    this._logs = new Logs(known);
  }

  /** What to keep over a restart. */
  get known(): ReadonlyMap<string, FollowedLog> {
    return this._logs.known;
  }

  /** Puts what is new into the table. Throws what keeps the host from answering. */
  async look(
    known: IWatchedSubmission,
    table: JobTable,
    host: IHost,
    nowSeconds: number,
    signal: AbortSignal
  ): Promise<void> {
    const { jobsFolder } = known.plan;
    const files = openLogs(known, table);
    if (files.size === 0) {
      return;
    }
    if (this._zone === null || nowSeconds - this._zone.at > ZONE_SECONDS) {
      this._zone = { minutes: await zoneOf(host, signal), at: nowSeconds };
    }
    const clock = { zoneMinutes: this._zone.minutes, nowSeconds };
    const names = namesOf(known);
    const take = (events: Parameters<typeof takeEvents>[1]) =>
      takeEvents(table, events, names, clock);
    await this._logs.look(host, jobsFolder, files, take, signal);
  }

  private readonly _logs: Logs;
  private _zone: { readonly minutes: number; readonly at: number } | null = null;
}

/** File names of the logs of clusters that are not over; that of a spooled one lies in the spool. */
function openLogs({ plan, sent }: IWatchedSubmission, table: JobTable): ReadonlySet<string> {
  const files = new Set<string>();
  if (plan.scheduler !== 'htcondor' || plan.spool) {
    return files;
  }
  const planned = new Map(plan.clusters.map(one => [one.name, one]));
  for (const { name, cluster } of sent) {
    const one = planned.get(name);
    if (cluster === null || one === undefined || table.rows(name).every(isOver)) {
      continue;
    }
    const path = logPath(one, 'events', plan.scheduler, cluster, 0);
    if (path?.startsWith(`${plan.jobsFolder}/`) === true) {
      files.add(path.slice(plan.jobsFolder.length + 1));
    }
  }
  return files;
}
