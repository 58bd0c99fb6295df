import { HepbatchError, toFailure } from '../../contract';
import type { Failure } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import type { ILog } from '../log';
import type { Entry } from './entry';
import { exclusively } from './journal/exclusive';
import { Journal } from './journal/journal';
import { isOpen } from './journal/state';
import { Submitter } from './journal/submitter';
import { planSubmission } from './planning';
import type { IPlanned, IPlanningWorld } from './planning';
import { writePlan } from './prepare/write-plan';
import type { Schedulers } from './reach';
import type { SubmissionStore } from './store';

/** What sending needs. */
export interface ISenderWorld {
  readonly planning: IPlanningWorld;
  readonly schedulers: Schedulers;
  readonly store: SubmissionStore;
  readonly log: ILog;
  /** How long a command that is out of sight may still be at work; see `decide`. */
  readonly graceMs: number;
  /** Resolves when it is worth to try again: a connection opened, or some time passed. */
  waitForHost(connection: string, signal: AbortSignal): Promise<void>;
}

/** While a scheduler is called, what it has taken is shown so often. */
const SHOW_MS = 500;

/** How often what is unknown is looked for. */
const LOOK_MS = 10_000;

/** So many names of folders are tried; each is of another second or number. */
const NAMES = 5;

/** What ends by itself; all else waits for a person. */
const PASSING: readonly Failure['code'][] = [
  'connection-lost',
  'unreachable',
  'timed-out',
  'unknown-outcome',
  'conflict'
];

/** Writes submissions to their hosts and sends them, each in the background, until all is known. */
export class Sender {
  constructor(private readonly _world: ISenderWorld) {}

  /** True while something is written or sent. */
  get busy(): boolean {
    return this._running.size > 0;
  }

  /** Begins, or goes on; `again` also tries what was refused. Nothing happens where it is at it. */
  start(entry: Entry, { again = false }: { readonly again?: boolean } = {}): void {
    if (entry.sending !== null) {
      return;
    }
    const control = new AbortController();
    entry.sending = control;
    const running = this._run(entry, control.signal, again).finally(() => {
      entry.sending = null;
      this._running.delete(running);
      entry.changed({ atOnce: true });
    });
    this._running.add(running);
    entry.changed();
  }

  /** Sends nothing more; what a scheduler was just told is found by the next agent. */
  async dispose(entries: Iterable<Entry>): Promise<void> {
    for (const entry of entries) {
      entry.sending?.abort();
    }
    await Promise.all(this._running);
  }

  private async _run(entry: Entry, signal: AbortSignal, again: boolean): Promise<void> {
    let tried = again;
    const isEnded = () => signal.aborted;
    while (!isEnded()) {
      try {
        await this._once(entry, signal, tried);
        entry.waiting = null;
        return;
      } catch (error) {
        const failure = toFailure(error);
        if (isEnded()) {
          return; // whoever ended it does not want to hear of it
        }
        if (failure.code === 'internal') {
          this._world.log.error(`submission ${entry.token}`, error);
        }
        if (!PASSING.includes(failure.code)) {
          entry.waiting = null;
          await this._keep(entry, failure);
          return;
        }
        entry.waiting = failure;
        entry.changed();
        tried = false; // what was refused meanwhile is not tried without end
        await this._world.waitForHost(entry.record.connection, signal);
      }
    }
  }

  private async _once(entry: Entry, signal: AbortSignal, again: boolean): Promise<void> {
    const host = await this._world.planning.connections.host(entry.record.connection);
    if (entry.record.failure !== null) {
      await entry.advance({ failure: null });
    }
    if (entry.record.phase === 'wanted') {
      await this._write(entry, host, signal);
    }
    const submitter = await this._open(entry, host, signal);
    const show = setInterval(() => this._show(entry, submitter), SHOW_MS);
    try {
      await this._settle(entry, submitter, signal);
      const refused = submitter.clusters.filter(({ state }) => state === 'refused');
      let names = again ? refused.map(({ name }) => name) : [];
      while (!signal.aborted && !entry.record.stopped && isLeft(submitter, names)) {
        await submitter.send(entry.plan.clusters, signal, names);
        names = [];
        await this._settle(entry, submitter, signal);
      }
      if (submitter.clusters.some(({ state, isFenced }) => state === 'submitted' && !isFenced)) {
        await submitter.reconcile(signal);
      }
    } finally {
      clearInterval(show);
      this._show(entry, submitter);
    }
    if (entry.record.submittedAt === null && entry.sent.some(one => one.state === 'submitted')) {
      await entry.advance({ submittedAt: this._world.planning.now().toISOString() });
    }
  }

  /** Looks for what is unknown until nothing is, or somebody ends it. */
  private async _settle(entry: Entry, submitter: Submitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && submitter.clusters.some(isOpen)) {
      await submitter.reconcile(signal);
      this._show(entry, submitter);
      if (submitter.clusters.some(isOpen)) {
        await pause(Math.min(LOOK_MS, this._world.graceMs), signal);
      }
    }
  }

  /** Nobody else writes it meanwhile: of two folders one would be forgotten. */
  private async _write(entry: Entry, host: IHost, signal: AbortSignal): Promise<void> {
    const { store } = this._world;
    await exclusively(store.folderOf(entry.token), async () => {
      const kept = await store.read(entry.token);
      if (kept?.phase === 'written') {
        entry.record = kept;
        await entry.load();
        return;
      }
      const { plan } =
        entry.isOnHost && entry.planned ? entry.planned : await this._writeNew(entry, host, signal);
      const { analysis, folder, jobsFolder, files } = plan;
      await entry.advance({
        ...{ analysis, folder, jobsFolder, files: files.length },
        phase: 'written'
      });
      entry.planned = null;
    });
  }

  private async _writeNew(entry: Entry, host: IHost, signal: AbortSignal): Promise<IPlanned> {
    for (let name = 1; ; name++) {
      const planned = entry.planned ?? (await this._plan(entry));
      entry.planned = null;
      try {
        // First: a disk that is full here leaves no folder there that nobody uses.
        const kept = await this._world.store.savePlan(entry.token, planned.plan);
        await writePlan(host, planned.plan, signal);
        entry.plan = kept;
        entry.planned = planned;
        entry.isOnHost = true;
        return planned;
      } catch (error) {
        const isTaken = error instanceof HepbatchError && error.code === 'conflict';
        if (!isTaken || name === NAMES) {
          throw error;
        }
      }
    }
  }

  private async _plan(entry: Entry): Promise<IPlanned> {
    const { request, parent } = entry.record;
    if (request === null) {
      throw new HepbatchError('internal', `${entry.token} is imported, and nothing is sent of it`, {
        next: 'This is a fault of hepbatch: report it with the log.'
      });
    }
    const planned = await planSubmission(
      { request, parent, token: entry.token, stamp: null },
      this._world.planning
    );
    needAllowed(planned);
    return planned;
  }

  private async _open(entry: Entry, host: IHost, signal: AbortSignal): Promise<Submitter> {
    const { store, schedulers, planning, graceMs } = this._world;
    const folder = store.folderOf(entry.token);
    const scheduler = await schedulers.of(entry.record, host);
    const world = { host, scheduler, now: () => planning.now().getTime(), graceMs };
    if ((await Journal.openIfThere(folder)) === null) {
      const { schedd } = await scheduler.probe(signal);
      const plan = { ...entry.plan, token: entry.token, folder: entry.record.folder };
      try {
        return await Submitter.begin(world, folder, plan, schedd);
      } catch (error) {
        if (!(error instanceof HepbatchError) || error.code !== 'conflict') {
          throw error;
        } // another agent of this user was faster: its journal counts
      }
    }
    return Submitter.open(world, folder);
  }

  private _show(entry: Entry, submitter: Submitter): void {
    const { clusters } = submitter;
    entry.schedd = submitter.created.schedd;
    if (clusters !== entry.sent) {
      entry.sent = clusters;
      entry.changed();
    }
  }

  private async _keep(entry: Entry, failure: Failure): Promise<void> {
    try {
      await entry.advance({ failure });
    } catch (error) {
      // The disk may be what is full; people are told all the same.
      entry.waiting = failure;
      this._world.log.error(`submission ${entry.token} could not be written down`, error);
    }
  }

  private readonly _running = new Set<Promise<void>>();
}

/** Throws `refused` where a check says that it must not be submitted so. */
export function needAllowed({ plan }: Pick<IPlanned, 'plan'>): void {
  const refused = plan.problems.filter(({ level }) => level === 'refused');
  const [first] = refused;
  if (first !== undefined) {
    const more = refused.length === 1 ? '' : ` (and ${refused.length - 1} more: see the preview)`;
    throw new HepbatchError('refused', `${first.message}${more}`, { next: first.next });
  }
}

function isLeft(submitter: Submitter, again: readonly string[]): boolean {
  return submitter.clusters.some(
    ({ name, state }) =>
      state === 'prepared' || state === 'absent' || (state === 'refused' && again.includes(name))
  );
}

/** Waits, or until it is ended. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(wake => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      wake();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) {
      done();
    }
  });
}
