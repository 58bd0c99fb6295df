import { HepbatchError } from '../../contract';
import type { Submission, SubmissionRequest } from '../../contract';
import type { EventHub } from '../events';
import type { ILog } from '../log';
import { conventionOf } from './act/convention';
import { Acting } from './acting';
import { again, auditOf, requestOf } from './again';
import { Entry } from './entry';
import type { IEntryWorld } from './entry';
import { Lookout } from './lookout';
import { planSubmission } from './planning';
import type { IPlanned } from './planning';
import { parseMb } from './prepare/sizes';
import { SCHEDULER } from './prepare/options';
import { preview } from './preview';
import { localLimits } from './reach';
import { Sender, needAllowed } from './sender';
import type { ISenderWorld } from './sender';
import type { ISubmissions, SubmissionBody, SubmissionReply } from './service';
import type { SubmissionRecord } from './store';
import { samplesText } from './sources';
import { takeUp } from './take-up';

/** What the submissions are given. */
export interface ISubmissionsWorld extends ISenderWorld {
  readonly events: EventHub;
  readonly log: ILog;
}

/** The submissions of this user; see `ISubmissions`. */
export class Submissions implements ISubmissions {
  private constructor(private readonly _world: ISubmissionsWorld) {
    const { planning, schedulers, store, log, events } = _world;
    this._sender = new Sender(_world);
    this._entryWorld = {
      store,
      watch: { now: planning.now, log },
      reach: async record => {
        const host = await planning.connections.host(record.connection);
        return { host, scheduler: await schedulers.of(record, host) };
      },
      publish: entry => events.publish({ topic: 'submission', submission: entry.card })
    };
    this._lookout = new Lookout({
      ...{ connections: planning.connections, schedulers, log, now: planning.now },
      entries: () => [...this._entries.values()],
      looked: entry => this._looked(entry),
      isWanted: () => events.clients > 0
    });
    this._acting = new Acting({
      need: token => this._need(token),
      submit: body => this.submit(body),
      sender: this._sender,
      signal: this._stop.signal
    });
  }

  /** Takes up what earlier agents began; what was not sent yet is sent, what is unknown looked for. */
  static async open(world: ISubmissionsWorld): Promise<Submissions> {
    const submissions = new Submissions(world);
    for (const record of await world.store.load()) {
      const entry = new Entry(submissions._entryWorld, record);
      try {
        await entry.load();
      } catch (error) {
        world.log.error(`submission ${record.token} cannot be taken up`, error);
        continue;
      }
      submissions._entries.set(entry.token, entry);
      if (isUnsent(entry)) {
        submissions._sender.start(entry);
      }
    }
    return submissions;
  }

  get busy(): boolean {
    return this._sender.busy;
  }

  async list(): Promise<Submission[]> {
    for (const token of await this._world.store.tokens()) {
      const known = this._entries.get(token);
      await (known === undefined ? this._elsewhere(token) : known.refresh()).catch(
        (error: unknown) => this._world.log.warn(`submission ${token} is not read anew`, error)
      );
    }
    const cards = [...this._entries.values()].map(({ card }) => card);
    return cards.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  preview(body: SubmissionBody<'preview'>): Promise<SubmissionReply<'preview'>> {
    return preview(body, this._world.planning);
  }

  samples(body: SubmissionBody<'samples'>): Promise<SubmissionReply<'samples'>> {
    return samplesText(body, this._world.planning);
  }

  async submit(body: SubmissionBody<'submit'>): Promise<Submission> {
    const { token } = body;
    const known = this._entries.get(token) ?? (await this._elsewhere(token));
    if (known !== null) {
      return known.card;
    }
    const begun = this._beginning.get(token) ?? this._begin(body);
    this._beginning.set(token, begun);
    try {
      return (await begun).card;
    } finally {
      this._beginning.delete(token);
    }
  }

  async read({ token }: SubmissionBody<'read'>): Promise<Submission> {
    const entry = this._need(token);
    await entry.refresh();
    await entry.watch.look(entry.known, this._stop.signal, { queue: 'now' });
    await this._looked(entry);
    return entry.card;
  }

  async request({ token }: SubmissionBody<'request'>): Promise<SubmissionRequest> {
    return Promise.resolve().then(() => requestOf(this._need(token).record));
  }

  async clusters({
    token,
    offset,
    most
  }: SubmissionBody<'clusters'>): Promise<SubmissionReply<'clusters'>> {
    const { sent, plan } = await Promise.resolve().then(() => this._need(token));
    const datasets = new Map(plan.clusters.map(({ name, dataset }) => [name, dataset]));
    const page = sent.slice(offset, offset + most);
    return {
      clusters: page.map(({ name, jobs, state, cluster, words, attempts }) => ({
        ...{ name, jobs, state, words, attempts },
        dataset: datasets.get(name) ?? name,
        clusterId: cluster?.id ?? null
      })),
      total: sent.length
    };
  }

  async jobs({ token, after, most }: SubmissionBody<'jobs'>): Promise<SubmissionReply<'jobs'>> {
    return Promise.resolve().then(() => {
      const { watch, known } = this._need(token);
      watch.summary(known); // rows of clusters that were sent meanwhile
      return watch.jobsAfter(after, most);
    });
  }

  reconcile({ token }: SubmissionBody<'reconcile'>): Promise<Submission> {
    return this._acting.goOn(token, false);
  }

  resume({ token }: SubmissionBody<'resume'>): Promise<Submission> {
    return this._acting.goOn(token, true);
  }

  hold(body: SubmissionBody<'hold'>): Promise<SubmissionReply<'hold'>> {
    return this._acting.act('hold', body);
  }

  release(body: SubmissionBody<'release'>): Promise<SubmissionReply<'release'>> {
    return this._acting.act('release', body);
  }

  remove(body: SubmissionBody<'remove'>): Promise<SubmissionReply<'remove'>> {
    return this._acting.act('remove', body);
  }

  retry(body: SubmissionBody<'retry'>): Promise<SubmissionReply<'retry'>> {
    return this._acting.retry(body);
  }

  fetch({ token }: SubmissionBody<'fetch'>): Promise<SubmissionReply<'fetch'>> {
    return this._acting.fetch(token);
  }

  readLog(body: SubmissionBody<'readLog'>): Promise<SubmissionReply<'readLog'>> {
    return this._acting.readLog(body);
  }

  alike(body: SubmissionBody<'alike'>): Promise<SubmissionReply<'alike'>> {
    return this._acting.alike(body);
  }

  exception(body: SubmissionBody<'exception'>): Promise<SubmissionReply<'exception'>> {
    return this._acting.exception(body);
  }

  input(body: SubmissionBody<'input'>): Promise<SubmissionReply<'input'>> {
    return this._acting.input(body);
  }

  async import(body: SubmissionBody<'import'>): Promise<Submission> {
    const entries = [...this._entries.values()];
    const record = await takeUp(
      body,
      this._world,
      entries.map(entry => entry.record),
      this._stop.signal
    );
    const known = this._entries.get(record.token);
    if (known !== undefined) {
      return known.card;
    }
    const entry = new Entry(this._entryWorld, record);
    await entry.load();
    this._entries.set(entry.token, entry);
    entry.changed();
    return this.read(entry);
  }

  async audit({ token }: SubmissionBody<'audit'>): Promise<SubmissionReply<'audit'>> {
    const entry = this._need(token);
    const host = await this._world.planning.connections.host(entry.record.connection);
    const samplesJson = await this._world.store.writeSamples(token, entry.plan);
    const { output, request } = entry.record;
    const named = { plan: entry.plan, output: output ?? '', arguments: request?.arguments ?? [] };
    const convention = await conventionOf(host, named);
    return auditOf(entry.record, { samplesJson, isHere: host.client === 'local', convention });
  }

  async again({ token, missing }: SubmissionBody<'again'>): Promise<SubmissionReply<'again'>> {
    return Promise.resolve().then(() => {
      const { record } = this._need(token);
      return { request: again(requestOf(record), missing), parent: token };
    });
  }

  async forget({ token }: SubmissionBody<'forget'>): Promise<Record<string, never>> {
    const entry = this._need(token);
    if (!entry.card.can.includes('forget')) {
      throw new HepbatchError(
        'conflict',
        `${entry.record.folder}: some of its jobs may still run`,
        {
          next: 'Remove its jobs first, or wait until they are done.'
        }
      );
    }
    entry.dispose();
    this._entries.delete(token);
    await this._world.store.remove(token);
    this._world.events.publish({ topic: 'submission-removed', token });
    return {};
  }

  async dispose(): Promise<void> {
    this._stop.abort();
    await Promise.all([this._sender.dispose(this._entries.values()), this._lookout.dispose()]);
    for (const entry of this._entries.values()) {
      entry.dispose();
      await this._save(entry);
    }
  }

  /** One that another agent of this user took on, such as one of another node. */
  private async _elsewhere(token: string): Promise<Entry | null> {
    const record = await this._world.store.read(token);
    if (record === null || this._beginning.has(token)) {
      return null;
    }
    const entry = new Entry(this._entryWorld, record);
    await entry.load();
    const known = this._entries.get(token) ?? entry; // it may have come meanwhile
    this._entries.set(token, known);
    return known;
  }

  private async _begin({ token, request, parent }: SubmissionBody<'submit'>): Promise<Entry> {
    const { planning, store } = this._world;
    const planned = await planSubmission({ request, token, parent, stamp: null }, planning);
    needAllowed(planned);
    const record = await recordOf({ request, parent }, planned, planning.now());
    // On disk before anything is done: from here on it is not lost.
    await store.save(record);
    const entry = new Entry(this._entryWorld, record);
    entry.planned = planned;
    this._entries.set(token, entry);
    this._sender.start(entry);
    return entry;
  }

  /** Never throws: what cannot be kept now, on a full disk, is kept after a later look. */
  private async _looked(entry: Entry): Promise<void> {
    const { state } = entry.card;
    try {
      if (state === 'done' && entry.record.endedAt === null) {
        await entry.watch.save();
        await entry.advance({ endedAt: this._world.planning.now().toISOString() });
      } else if (state !== 'done' && entry.record.endedAt !== null) {
        await entry.advance({ endedAt: null }); // some of its jobs were released
      }
    } catch (error) {
      this._world.log.warn(`the end of ${entry.token} is not kept`, error);
    }
  }

  private async _save(entry: Entry): Promise<void> {
    try {
      await entry.watch.save();
    } catch (error) {
      this._world.log.warn(`what was seen of ${entry.token} is not kept`, error);
    }
  }

  private _need(token: string): Entry {
    const entry = this._entries.get(token);
    if (entry === undefined) {
      throw new HepbatchError('not-found', `there is no submission ${token}`, {
        next: 'List the submissions: it may have been forgotten.'
      });
    }
    return entry;
  }

  private readonly _entryWorld: IEntryWorld;
  private readonly _sender: Sender;
  private readonly _lookout: Lookout;
  private readonly _acting: Acting;
  private readonly _stop = new AbortController();
  private readonly _entries = new Map<string, Entry>();
  private readonly _beginning = new Map<string, Promise<Entry>>();
}

async function recordOf(
  { request, parent }: Pick<SubmissionBody<'submit'>, 'request' | 'parent'>,
  { plan, profile, backend, host, options, python }: IPlanned,
  now: Date
): Promise<SubmissionRecord> {
  const { token, analysis, folder, jobsFolder, files, problems } = plan;
  const memoryMb = options.memory === undefined ? null : parseMb(options.memory, 'memory');
  const scheduler = SCHEDULER[backend];
  return {
    ...{ version: 1, token, parent, origin: 'hepbatch', phase: 'wanted', request },
    ...{ connection: profile.id, address: profile.host, backend, scheduler },
    python: [...python],
    limits: scheduler === 'local' ? await localLimits(host, memoryMb) : null,
    ...{ analysis, folder, jobsFolder, output: options.output, files: files.length },
    warnings: problems.map(({ message }) => message),
    stopped: false,
    fetchedJobs: 0,
    createdAt: now.toISOString(),
    submittedAt: null,
    endedAt: null,
    failure: null
  };
}

/** Somebody clicked Submit, and not all of it is known to be in the hands of the scheduler. */
function isUnsent({ record, sent }: Entry): boolean {
  return (
    record.origin === 'hepbatch' &&
    record.failure === null &&
    !record.stopped &&
    (sent.length === 0 || sent.some(({ state }) => state !== 'submitted' && state !== 'refused'))
  );
}
