/** What is known of the jobs of one submission: from event logs, queue and stderr. */
import { toFailure } from '../../../contract';
import type { Failure, JobSelection, Submission, SubmissionJob } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import type { Sending } from '../journal/state';
import type { IJobRow, IWatched } from '../schedulers/scheduler';
import { Lost, Turns } from './ask';
import { endOfAll } from './estimate';
import { Errors, alikeKey, alikeOf, datasetsOf, groupsOf } from './groups';
import { readKept, writeKept } from './keep';
import type { IKept } from './keep';
import { Logs } from './logs';
import { logPath } from './paths';
import { afterAnswer, isOver } from './row';
import { readErrors } from './stderr';
import type { IWatchWorld, IWatchedSubmission } from './submission';
import { JobTable } from './table';
import type { IChosen } from './table';
import { SUBMITTED, takeEvents } from './take-events';
import { unreadOf } from './unread';
import { reasonOf } from './words';
import { zoneOf } from './zone';

/** The parts of a submission that come from its jobs. */
export type JobsSummary = Pick<
  Submission,
  'jobs' | 'counts' | 'datasets' | 'groups' | 'blind' | 'revision' | 'seenAt' | 'endsAt'
> & {
  /** No job will change by itself; held ones wait for a person, so they are not done. */
  readonly isDone: boolean;
};

/** How a look asks the queue: where it is due, at once, or not at all. */
export type QueueTurn = 'due' | 'now' | 'never';

/** What is kept is written at most so often, and less often where it is much. */
const KEEP_MS = 60_000;
const KEEP_MS_PER_JOB = 3;

/** The clock of a host changes its zone twice a year. */
const ZONE_MS = 60 * 60_000;

/** A stderr that is not there for so long is not written any more. */
const STDERR_SECONDS = 120;

/** How jobs begin, by what is known of their cluster. */
const FIRST: Readonly<Record<Sending, Pick<IJobRow, 'state' | 'said'>>> = {
  prepared: { state: 'pending', said: 'Not submitted' },
  refused: { state: 'pending', said: 'Not submitted' },
  absent: { state: 'pending', said: 'Not submitted' },
  submitted: { state: 'pending', said: SUBMITTED },
  submitting: { state: 'unknown', said: 'Being submitted' },
  unknown: { state: 'unknown', said: 'Not known whether submitted' }
};

/** Watches one submission. Only one of its calls is under way at a time. */
export class Watch {
  constructor(private readonly _world: IWatchWorld) {
    this._table = new JobTable(this._world.now().getTime() * 1000);
  }

  /** Takes up what an earlier agent saw; the first look does it by itself. */
  load(): Promise<void> {
    this._loading ??= this._load();
    return this._loading;
  }

  /**
   * Looks at logs, at the queue where that is due, and at the stderr of some jobs that failed. Never
   * throws for what a host or a scheduler does: `blind` says it, and the rows stay as they are.
   */
  async look(
    known: IWatchedSubmission,
    signal: AbortSignal,
    { queue = 'due' }: { readonly queue?: QueueTurn } = {}
  ): Promise<void> {
    await this.load();
    this._sync(known);
    const before = this._state;
    try {
      const { host, scheduler } = await this._world.reach();
      // The queue first: of a job that leaves it meanwhile, the log tells by then.
      if (queue === 'now' || (queue === 'due' && this.isDue(known))) {
        const asked = this.watched(known, queue === 'now');
        const at = this._now;
        try {
          const rows = asked.length === 0 ? [] : await scheduler.jobs(asked, signal);
          this.answered(known, asked, rows, at);
        } catch (cause) {
          this.unanswered(known, cause, at, signal);
        }
      }
      await this._readLogs(known, host, signal);
      await this._readErrors(known, host, signal);
      if (this._queueFailure === null) {
        this._blind = null;
        this._seenAt = this._world.now();
      } else {
        this._blind = this._queueFailure;
      }
    } catch (cause) {
      this._note(cause, signal);
    }
    if (this._state !== before) {
      this._world.changed();
    }
    await this._keep();
  }

  /** Whether the queue may be asked by now. */
  isDue({ plan }: IWatchedSubmission): boolean {
    this._turns ??= new Turns(plan.scheduler);
    return this._turns.isDue(this._now);
  }

  /** The clusters that the queue is to be asked for; `all`: also those that nobody knew lately. */
  watched({ sent }: IWatchedSubmission, all = false): readonly IWatched[] {
    const watched: IWatched[] = [];
    for (const { name, cluster } of sent) {
      const rows = this._table.rows(name);
      if (cluster === null || rows.every(isOver)) {
        continue;
      }
      if (all || this._lost.isAsked(name)) {
        const isOverAt = (proc: number) => isOver(rows[proc] ?? { state: 'unknown' });
        watched.push({ cluster, jobs: rows.length, isOver: isOverAt });
      } else {
        this._lost.note(name, true);
      }
    }
    return watched;
  }

  /** Takes what the queue told of `watched`, which was asked for at `at`. */
  answered(
    known: IWatchedSubmission,
    asked: readonly IWatched[],
    rows: readonly (readonly IJobRow[])[],
    at: number
  ): void {
    const names = namesOf(known);
    for (const [i, { cluster }] of asked.entries()) {
      const name = names.get(cluster.id) ?? '';
      for (const told of rows[i] ?? []) {
        const row = this._table.row(name, told.proc);
        if (row !== undefined) {
          this._table.put(name, afterAnswer(row, told, Math.floor(at / 1000)));
        }
      }
      const open = this._table.rows(name).filter(row => !isOver(row));
      this._lost.note(name, open.length > 0 && open.every(row => row.state === 'unknown'));
    }
    this._turnsOf(known).answered(at, this._now);
    this._queueFailure = null;
  }

  /** The queue did not answer. */
  unanswered(known: IWatchedSubmission, cause: unknown, at: number, signal: AbortSignal): void {
    if (signal.aborted) {
      throw cause;
    }
    this._turnsOf(known).failed(at, this._now);
    this._queueFailure = this._failure(cause);
  }

  /** The parts of the contract's submission that come from jobs. */
  summary(known: IWatchedSubmission): JobsSummary {
    this._sync(known);
    const table = this._table;
    if (this._told?.revision !== table.revision || this._told.plan !== known.plan) {
      const errors = this._errors();
      this._told = {
        plan: known.plan,
        revision: table.revision,
        counts: table.counts(),
        datasets: datasetsOf(known.plan.clusters, table, alikeOf(table, errors)),
        groups: groupsOf(table, errors)
      };
    }
    const { counts, datasets, groups } = this._told;
    const jobs = datasets.reduce((sum, one) => sum + one.jobs, 0);
    const over = (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.removed ?? 0);
    const seconds = endOfAll(table.all(), this._now / 1000);
    return {
      ...{ jobs, counts, datasets, groups },
      blind: this._blind,
      revision: table.revision,
      seenAt: this._seenAt?.toISOString() ?? null,
      endsAt: seconds === null ? null : new Date(seconds * 1000).toISOString(),
      isDone: jobs > 0 && over === jobs
    };
  }

  /** Jobs that changed after a revision, each whole. */
  jobsAfter(
    after: number,
    most: number
  ): { readonly jobs: SubmissionJob[]; readonly revision: number; readonly more: boolean } {
    const errors = this._errors();
    return this._table.after(after, most, (dataset, row) => reasonOf(row, errors.of(dataset, row)));
  }

  /** The jobs of a selection, by cluster. */
  rowsOf(selection: JobSelection): readonly IChosen[] {
    return this._table.chosen(selection);
  }

  /** Their removal was asked for: where the scheduler knows nothing of them then, it was done. */
  unwanted(chosen: readonly IChosen[]): void {
    for (const { cluster, rows } of chosen) {
      for (const { proc } of rows) {
        const row = this._table.row(cluster, proc);
        if (row !== undefined && !isOver(row)) {
          this._table.put(cluster, { ...row, isUnwanted: true });
        }
      }
    }
  }

  /** Files of jobs came back from a spool: what they say can be read now. */
  fetched(): void {
    for (const { cluster, row } of this._table.all()) {
      if (row.error === '') {
        this._table.put(cluster, { ...row, error: null });
      }
    }
  }

  /** Writes what is known, for the next agent. */
  async save(): Promise<void> {
    const names = [...this._ids];
    await writeKept(this._world.folder, {
      revision: this._table.revision,
      seenAt: this._seenAt?.toISOString() ?? null,
      logs: this._logs.known,
      clusters: names.map(([name, id]) => ({ name, id, rows: this._table.rows(name) }))
    });
    this._keptRevision = this._table.revision;
    this._keptAt = this._now;
  }

  private async _load(): Promise<void> {
    try {
      this._kept = await readKept(this._world.folder);
    } catch (cause) {
      this._world.log.warn(`${this._world.folder}: all logs are read anew`, cause);
    }
    if (this._kept !== null) {
      const revision = Math.max(this._kept.revision, this._now * 1000);
      this._table = new JobTable(revision);
      this._ids.clear();
      this._logs = new Logs(this._kept.logs);
      this._seenAt = this._kept.seenAt === null ? null : new Date(this._kept.seenAt);
      this._keptRevision = revision;
    }
  }

  /** Makes the rows of clusters that are new, or turned out to be others. */
  private _sync({ plan, sent }: IWatchedSubmission): void {
    const kept = new Map(this._kept?.clusters.map(one => [one.name, one]));
    const datasets = new Map(plan.clusters.map(({ name, dataset }) => [name, dataset]));
    for (const { name, jobs, state, cluster } of sent) {
      const id = cluster?.id ?? null;
      if (this._table.has(name) && this._ids.get(name) === id && this._first.get(name) === state) {
        continue;
      }
      const dataset = datasets.get(name) ?? name;
      const old = kept.get(name);
      const isTouched = this._table.has(name) && this._ids.get(name) === id && id !== null;
      if (isTouched) {
        // Of the same cluster: what is known stays.
      } else if (old !== undefined && old.id === id && old.rows.length === jobs && id !== null) {
        this._table.restore(name, dataset, old.rows);
      } else {
        this._table.add(name, dataset, jobs, FIRST[state]);
      }
      this._ids.set(name, id);
      this._first.set(name, state);
    }
    this._kept = null;
  }

  private async _readLogs(
    known: IWatchedSubmission,
    host: IHost,
    signal: AbortSignal
  ): Promise<void> {
    const { plan, sent } = known;
    // The log of a spooled job lies in the spool.
    if (plan.scheduler !== 'htcondor' || plan.spool) {
      return;
    }
    const planned = new Map(plan.clusters.map(one => [one.name, one]));
    const files = new Set<string>();
    for (const { name, cluster } of sent) {
      const one = planned.get(name);
      const isOpen = this._table.rows(name).some(row => !isOver(row));
      const path =
        cluster === null || one === undefined || !isOpen
          ? null
          : logPath(one, 'events', plan.scheduler, cluster, 0);
      if (path?.startsWith(`${plan.jobsFolder}/`) === true) {
        files.add(path.slice(plan.jobsFolder.length + 1));
      }
    }
    if (files.size === 0) {
      return;
    }
    if (this._zone === null || this._now - this._zone.at > ZONE_MS) {
      this._zone = { minutes: await zoneOf(host, signal), at: this._now };
    }
    const clock = { zoneMinutes: this._zone.minutes, nowSeconds: this._now / 1000 };
    const names = namesOf(known);
    const take = (events: Parameters<typeof takeEvents>[1]) =>
      takeEvents(this._table, events, names, clock);
    await this._logs.look(host, plan.jobsFolder, files, take, signal);
  }

  private async _readErrors(
    { plan, sent }: IWatchedSubmission,
    host: IHost,
    signal: AbortSignal
  ): Promise<void> {
    if (this._readRevision === this._table.revision) {
      return;
    }
    const { next, isMore } = unreadOf(this._table, alikeKey);
    const planned = new Map(plan.clusters.map(one => [one.name, one]));
    const ids = new Map(sent.map(({ name, cluster }) => [name, cluster]));
    const paths = next.map(({ cluster: name, row }) => {
      const [one, id] = [planned.get(name), ids.get(name)];
      return one === undefined || id === null || id === undefined
        ? null
        : logPath(one, 'error', plan.scheduler, id, row.proc);
    });
    const wanted = paths.filter(path => path !== null);
    const said = await readErrors(host, wanted, signal);
    let isLate = false;
    for (const [i, { cluster, row }] of next.entries()) {
      const path = paths[i] ?? null;
      const error = path === null ? undefined : said.get(path);
      const isGone = this._now / 1000 - (row.since ?? 0) > STDERR_SECONDS;
      if (error !== undefined || isGone) {
        this._table.put(cluster, { ...row, error: error ?? '' });
      } else {
        isLate = true;
      }
    }
    this._readRevision = isMore || isLate ? null : this._table.revision;
  }

  private _errors(): Errors {
    if (this._errorsAt?.revision !== this._table.revision) {
      this._errorsAt = { revision: this._table.revision, errors: new Errors(this._table) };
    }
    return this._errorsAt.errors;
  }

  private _note(cause: unknown, signal: AbortSignal): void {
    if (signal.aborted) {
      return; // nobody waits for what it would have seen
    }
    this._blind = this._failure(cause);
  }

  private _failure(cause: unknown): Failure {
    const failure = toFailure(cause);
    if (failure.code === 'internal') {
      this._world.log.error('jobs cannot be watched', cause);
    }
    return failure;
  }

  private async _keep(): Promise<void> {
    const wait = Math.max(KEEP_MS, KEEP_MS_PER_JOB * this._table.size);
    if (this._keptRevision === this._table.revision || this._now - this._keptAt < wait) {
      return;
    }
    try {
      await this.save();
    } catch (cause) {
      this._keptAt = this._now; // tried again later; only a new agent would miss it
      this._world.log.warn(`what jobs do is not kept in ${this._world.folder}`, cause);
    }
  }

  private _turnsOf({ plan }: IWatchedSubmission): Turns {
    this._turns ??= new Turns(plan.scheduler);
    return this._turns;
  }

  private get _now(): number {
    return this._world.now().getTime();
  }

  /** What others are told of when it changes. */
  private get _state(): string {
    return `${this._table.revision} ${this._blind?.message ?? ''}`;
  }

  private _table: JobTable;
  private _logs = new Logs();
  private _loading: Promise<void> | null = null;
  private _kept: IKept | null = null;
  private readonly _ids = new Map<string, string | null>();
  private readonly _first = new Map<string, string>();
  private readonly _lost = new Lost();
  private _turns: Turns | null = null;
  private _queueFailure: Failure | null = null;
  private _blind: Failure | null = null;
  private _seenAt: Date | null = null;
  private _zone: { readonly minutes: number; readonly at: number } | null = null;
  private _readRevision: number | null = null;
  private _keptRevision = -1;
  private _keptAt = 0;
  private _errorsAt: { readonly revision: number; readonly errors: Errors } | null = null;
  private _told:
    | (Pick<JobsSummary, 'counts' | 'datasets' | 'groups' | 'revision'> & {
        readonly plan: IWatchedSubmission['plan'];
      })
    | null = null;
}

function namesOf({ sent }: IWatchedSubmission): ReadonlyMap<string, string> {
  return new Map(
    sent.flatMap(({ name, cluster }) => (cluster === null ? [] : [[cluster.id, name]]))
  );
}
