/** What is known of the jobs of one submission: from event logs, queue and stderr. */
import { toFailure } from '../../../contract';
import type {
  Failure,
  JobSelection,
  JobsOutcome,
  Submission,
  SubmissionJob
} from '../../../contract';
import type { Sending } from '../journal/state';
import type { IJobRow, IWatched } from '../schedulers/scheduler';
import { Lost, Turns } from './ask';
import { endOfAll } from './estimate';
import { Events } from './events';
import { Errors, alikeOf, datasetsOf, groupsOf, jobsLike } from './groups';
import { readKept, writeKept } from './keep';
import type { IKept } from './keep';
import { afterAnswer, isOver } from './row';
import { Stderr } from './stderr';
import type { IWatchWorld, IWatchedSubmission } from './submission';
import { JobTable } from './table';
import type { IChosen } from './table';
import { namesOf } from './submission';
import { SUBMITTED } from './take-events';
import { reasonOf } from './words';

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

/** How jobs begin, by what is known of their cluster. */
const FIRST: Readonly<Record<Sending, Pick<IJobRow, 'state' | 'said'>>> = {
  prepared: { state: 'pending', said: 'Not submitted' },
  refused: { state: 'pending', said: 'Not submitted' },
  absent: { state: 'pending', said: 'Not submitted' },
  submitted: { state: 'pending', said: SUBMITTED },
  submitting: { state: 'unknown', said: 'Being submitted' },
  unknown: { state: 'unknown', said: 'Not known whether submitted' }
};

/** Watches one submission. */
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
   * throws for what a host or a scheduler does: `blind` says it, and the rows stay as they are. One look
   * waits for the one before.
   */
  look(
    known: IWatchedSubmission,
    signal: AbortSignal,
    { queue = 'due' }: { readonly queue?: QueueTurn } = {}
  ): Promise<void> {
    const look = () => this._look(known, signal, queue);
    this._looking = this._looking.then(look, look);
    return this._looking;
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

  /** The jobs that are as they are for the same reason as one of them. */
  like(one: { readonly cluster: string; readonly proc: number }): ReturnType<typeof jobsLike> {
    return jobsLike(this._table, one, this._errors());
  }

  /** Their removal was not refused: where the scheduler knows nothing of them then, it was done. */
  unwanted(chosen: readonly IChosen[], outcomes: readonly JobsOutcome[]): void {
    const asked = new Set(outcomes.filter(({ end }) => end !== 'refused').map(one => one.cluster));
    for (const { cluster, rows } of chosen.filter(one => asked.has(one.cluster))) {
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
      logs: this._events.known,
      clusters: names.map(([name, id]) => ({ name, id, rows: this._table.rows(name) }))
    });
    this._keptRevision = this._table.revision;
    this._keptAt = this._now;
  }

  private async _look(
    known: IWatchedSubmission,
    signal: AbortSignal,
    queue: QueueTurn
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
      const now = this._now / 1000;
      await this._events.look(known, this._table, host, now, signal);
      await this._stderr.look(known, this._table, host, now, signal);
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
      this._events = new Events(this._kept.logs);
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
  private _events = new Events();
  private readonly _stderr = new Stderr();
  private _looking: Promise<void> = Promise.resolve();
  private _loading: Promise<void> | null = null;
  private _kept: IKept | null = null;
  private readonly _ids = new Map<string, string | null>();
  private readonly _first = new Map<string, string>();
  private readonly _lost = new Lost();
  private _turns: Turns | null = null;
  private _queueFailure: Failure | null = null;
  private _blind: Failure | null = null;
  private _seenAt: Date | null = null;
  private _keptRevision = -1;
  private _keptAt = 0;
  private _errorsAt: { readonly revision: number; readonly errors: Errors } | null = null;
  private _told:
    | (Pick<JobsSummary, 'counts' | 'datasets' | 'groups' | 'revision'> & {
        readonly plan: IWatchedSubmission['plan'];
      })
    | null = null;
}
