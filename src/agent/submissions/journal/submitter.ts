/** Sends a prepared submission and finds out what became of it: never lost, never sent twice. */
import { hostname } from 'node:os';
import { HepbatchError } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import { lanes } from '../../lanes';
import type { IPlan, IPlannedCluster } from '../plan';
import { readRecordLine, recordLine } from '../schedulers/scheduler';
import type { IClusterId, IFound, IScheduler } from '../schedulers/scheduler';
import { decide } from './decide';
import type { Decision } from './decide';
import type { Created, Entry } from './entries';
import { exclusively } from './exclusive';
import { Journal } from './journal';
import { SentClusters, isOpen, maySend } from './state';
import type { ISentCluster } from './state';

/** What a submitter works with. */
export interface ISubmitterWorld {
  readonly host: IHost;
  readonly scheduler: IScheduler;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** How long a command that is out of sight may still be at work; see `decide`. */
  readonly graceMs: number;
  /** The name of this machine among those that share the journal's folder. */
  readonly node?: string;
}

/** As much of a plan as its journal keeps. */
export type SentPlan = Pick<IPlan, 'token' | 'scheduler' | 'folder' | 'jobsFolder' | 'clusters'>;

/** A record is one line. */
const RECORD_BYTES = 1000;

/** So many clusters are sent at once: the answer of a schedd takes longer than its work. */
const AT_ONCE = 4;

/** One submission, from its intent to what the scheduler made of it. */
export class Submitter {
  private constructor(
    private readonly _world: ISubmitterWorld,
    private readonly _journal: Journal
  ) {}

  /**
   * Writes down what is to be submitted, before any of it is. `schedd` is where all of it goes.
   * Throws `conflict` where the folder holds a submission already.
   */
  static async begin(
    world: ISubmitterWorld,
    folder: string,
    plan: SentPlan,
    schedd: string | null
  ): Promise<Submitter> {
    return new Submitter(world, await Journal.create(folder, createdOf(plan, schedd, world.now())));
  }

  /** A submission that was begun before. Throws `not-found`, `corrupt`. */
  static async open(world: ISubmitterWorld, folder: string): Promise<Submitter> {
    return new Submitter(world, await Journal.open(folder));
  }

  get created(): Created {
    return this._journal.created;
  }

  /** All clusters as the journal was last read. */
  get clusters(): readonly ISentCluster[] {
    return this._sent.all;
  }

  /** Reads what other processes wrote. */
  async refresh(): Promise<readonly ISentCluster[]> {
    await this._journal.refresh();
    return this.clusters;
  }

  /**
   * Sends what may be sent, some clusters at once; `again` names refused ones that are tried once more.
   * What is unknown stays as it is: `reconcile` comes first. Begins no further cluster when `signal`
   * says so. Throws `conflict` where somebody else is at it, `no-space`.
   */
  send(
    clusters: readonly IPlannedCluster[],
    signal: AbortSignal,
    again: readonly string[] = []
  ): Promise<readonly ISentCluster[]> {
    return this._exclusively(async isHeld => {
      const wanted = clusters.filter(({ name }) => {
        const sent = this._sent.get(name);
        return (
          sent !== undefined && maySend(sent) && (sent.state !== 'refused' || again.includes(name))
        );
      });
      await lanes(wanted.length, AT_ONCE, async index => {
        const planned = wanted[index];
        if (planned === undefined || signal.aborted) {
          return;
        }
        if (!isHeld()) {
          const next = 'Look at the submission again: another machine may have gone on with it.';
          throw new HepbatchError('conflict', `${this._journal.folder}: lost the lock`, { next });
        }
        await this._sendOne(planned, this._need(planned.name), signal);
      });
    });
  }

  /**
   * Looks for what is unknown, once: by record, queue and history. Adopts what is there, and fences
   * and holds what is there twice. Call it again until nothing is open; what is absent may be sent.
   * Throws `unreachable` where the scheduler does not answer, `conflict`.
   */
  reconcile(signal: AbortSignal): Promise<readonly ISentCluster[]> {
    return this._exclusively(async () => {
      if (this.clusters.some(isOpen)) {
        const lookedAt = this._world.now();
        const found = await this._find(signal);
        for (const sent of this.clusters.filter(isOpen)) {
          await this._settle(sent, found, lookedAt);
        }
      }
      for (const sent of this.clusters) {
        await this._fence(sent);
        await this._holdSurplus(sent, signal);
      }
    });
  }

  private async _sendOne(
    planned: IPlannedCluster,
    { name, attempts }: ISentCluster,
    signal: AbortSignal
  ): Promise<void> {
    const { scheduler, now, node = hostname() } = this._world;
    const { jobsFolder, schedd } = this.created;
    // On disk before the scheduler is called: from here on the outcome is unknown until it is told.
    await this._journal.append({
      type: 'intent',
      at: now(),
      name,
      attempt: attempts + 1,
      node,
      pid: process.pid
    });
    const outcome = await scheduler.submit(planned, { jobsFolder, schedd }, signal);
    const at = now();
    switch (outcome.end) {
      case 'submitted': {
        const { cluster, warnings } = outcome;
        const entry = { at, name, cluster, surplus: [], warnings: [...warnings] };
        await this._journal.append({ type: 'submitted', how: 'answered', ...entry });
        await this._fence(this._need(name));
        return;
      }
      case 'refused':
        return this._journal.append({ type: 'refused', at, name, words: outcome.words });
      case 'unknown':
        return this._journal.append({ type: 'unknown', at, name, why: outcome.why });
    }
  }

  private _find(signal: AbortSignal): Promise<IFound> {
    const { token, schedd, jobsFolder, at } = this.created;
    return this._world.scheduler.find({ token, schedd, jobsFolder, sinceMs: at }, signal);
  }

  private async _settle(sent: ISentCluster, found: IFound, lookedAt: number): Promise<void> {
    const decision = decide({
      sent,
      found,
      lookedAt,
      record: await this._readRecord(sent),
      clusters: this.created.clusters.length,
      graceMs: this._world.graceMs
    });
    for (const entry of entriesOf(decision, sent.name, this._world.now(), lookedAt)) {
      await this._journal.append(entry);
    }
  }

  /** Makes the record where there is none; where it names another cluster, that one counts. */
  private async _fence(sent: ISentCluster): Promise<void> {
    if (sent.state !== 'submitted' || sent.cluster === null || sent.isFenced) {
      return;
    }
    const { name } = sent;
    const at = this._world.now();
    const recorded = await this._record(sent, sent.cluster);
    if (recorded !== null && recordLine(recorded) !== recordLine(sent.cluster)) {
      const entry = { at, name, cluster: recorded, warnings: [...sent.warnings] };
      const surplus = [...sent.surplus, sent.cluster];
      await this._journal.append({ type: 'submitted', how: 'recorded', ...entry, surplus });
    }
    if (recorded !== null) {
      await this._journal.append({ type: 'fenced', at, name });
    }
  }

  /** What the record says once it is there; null where that could not be seen to. */
  private async _record(sent: ISentCluster, cluster: IClusterId): Promise<IClusterId | null> {
    try {
      await this._world.host.write(sent.record, recordLine(cluster), { overwrite: false });
      return cluster;
    } catch (cause) {
      if (cause instanceof HepbatchError && cause.code === 'conflict') {
        return this._readRecord(sent);
      }
      if (cause instanceof HepbatchError) {
        return null; // the first job makes it; it is tried again at the next reconcile
      }
      throw cause;
    }
  }

  private async _readRecord({ record }: ISentCluster): Promise<IClusterId | null> {
    const { host } = this._world;
    if ((await host.stat(record)) === null) {
      return null;
    }
    const text = String(await host.read(record, { maxBytes: RECORD_BYTES }));
    const cluster = readRecordLine(text);
    if (cluster === null) {
      const next = 'Look for the jobs with condor_q or squeue; they do not run without it.';
      throw new HepbatchError('corrupt', `${record}: ${JSON.stringify(text)} names no cluster`, {
        next
      });
    }
    return cluster;
  }

  /** Their jobs would end by themselves; held they do not take slots for that. Removed by people only. */
  private async _holdSurplus(sent: ISentCluster, signal: AbortSignal): Promise<void> {
    if (sent.isFenced || this._need(sent.name).isFenced) {
      for (const cluster of this._need(sent.name).surplus) {
        await this._world.scheduler.hold({ cluster, procs: null }, signal);
      }
    }
  }

  private _need(name: string): ISentCluster {
    const sent = this._sent.get(name);
    if (sent === undefined) {
      const next = 'This is a fault of hepbatch: report it with the log.';
      throw new HepbatchError('internal', `${name} is not of this submission`, { next });
    }
    return sent;
  }

  private _exclusively(
    work: (isHeld: () => boolean) => Promise<void>
  ): Promise<readonly ISentCluster[]> {
    const { node = hostname() } = this._world;
    return exclusively(
      this._journal.folder,
      async isHeld => {
        await this._journal.refresh(); // others may have gone on since
        await work(isHeld);
        return this.clusters;
      },
      node
    );
  }

  private get _sent(): SentClusters {
    const { entries } = this._journal;
    if (this._told.entries !== entries) {
      this._told = new SentClusters(entries);
    }
    return this._told;
  }

  private _told = new SentClusters([]);
}

function createdOf(plan: SentPlan, schedd: string | null, at: number): Created {
  const { token, scheduler, folder, jobsFolder } = plan;
  return {
    ...{ type: 'created', version: 1, at, token, scheduler, schedd, folder, jobsFolder },
    clusters: plan.clusters.map(({ name, jobs, submitFile, record }) => ({
      name,
      jobs: jobs.length,
      submitFile,
      record
    }))
  };
}

function entriesOf(decision: Decision, name: string, at: number, since: number): readonly Entry[] {
  switch (decision.to) {
    case 'adopt': {
      const { cluster, how, surplus } = decision;
      return [{ type: 'submitted', at, name, cluster, how, surplus: [...surplus], warnings: [] }];
    }
    case 'wait':
      return [{ type: 'missed', at, name, since }];
    case 'absent':
      return [{ type: 'absent', at, name }];
    case 'stay':
      return [{ type: 'unknown', at, name, why: decision.why }];
  }
}
