import { isDeepStrictEqual } from 'node:util';
import { HepbatchError } from '../../contract';
import type { Connection, ConnectionTest, HostAddress } from '../../contract';
import type { EventHub } from '../events';
import type { After } from '../idle';
import type { ILog } from '../log';
import { listFolder } from './folder';
import type { IHost } from './hosts/host';
import type { OpenHost } from './hosts/open';
import { CLOSED } from './link';
import { Links } from './links';
import { detailsOf, lookAgainMs, probeHost } from './probe/probe';
import type { IHostFindings } from './probe/probe';
import type { IKnownProfile, IProfiles, Profiles } from './profiles/profiles';
import type { Prompts } from './prompts';
import { Questions } from './questions';
import type { ConnectionBody, ConnectionReply, IConnections } from './service';
import { kinit, runWithSecret, vomsProxyInit } from './ticket';
import type { ISecretProgram } from './ticket';
import { Trials } from './trials/trials';

/** What the connections of an agent are made of. */
export interface IConnectionsOptions {
  readonly profiles: Profiles;
  readonly openHost: OpenHost;
  /** Aliases of the user's ssh configuration. */
  readonly aliases: () => Promise<string[]>;
  readonly prompts: Prompts;
  readonly events: EventHub;
  readonly log: ILog;
  readonly after: After;
  readonly now: () => Date;
  readonly random: () => number;
}

/** The connections of this user; see `IConnections`. */
export class Connections implements IConnections {
  constructor(private readonly _options: IConnectionsOptions) {
    const { openHost, prompts, log, after, now, random, events } = _options;
    this._trials = new Trials(events);
    this._links = new Links<IHostFindings>(
      {
        openHost,
        prompts,
        log,
        after,
        now,
        random,
        look: (opened, signal) => probeHost(opened, this._interpreters(), now, signal),
        lookAgainMs: findings => lookAgainMs(findings, now())
      },
      address => this._told(address)
    );
  }

  get busy(): boolean {
    return this._trials.busy || this._links.all().some(({ busy }) => busy);
  }

  async list(): Promise<ConnectionReply<'list'>> {
    const { known, problems } = await this._load();
    return {
      connections: [...known.values()].map(profile => this._connection(profile)),
      problems: [...problems]
    };
  }

  aliases(): Promise<string[]> {
    return this._options.aliases();
  }

  async read(id: string): Promise<Connection> {
    return this._connection(await this._find(id));
  }

  async open(id: string): Promise<Connection> {
    const known = await this._usable(id);
    this._links.to(known.profile.host).open(id);
    return this._connection(known);
  }

  async close(id: string): Promise<Connection> {
    const known = await this._find(id);
    await this._links.to(known.profile.host).close();
    return this._connection(known);
  }

  async probe(id: string): Promise<Connection> {
    const known = await this._find(id);
    await this._links.to(known.profile.host).look();
    return this._connection(known);
  }

  async save({ profile, replaces }: ConnectionBody<'save'>): Promise<Connection> {
    const { known } = await this._load();
    if (replaces !== null) {
      this._own(known, replaces);
    }
    if (profile.id !== replaces && known.has(profile.id)) {
      throw new HepbatchError('conflict', `There is a connection ${profile.id}.`, {
        next: 'Choose another id.'
      });
    }
    await this._options.profiles.own.save(profile, replaces);
    return this._connection(await this._find(profile.id));
  }

  async remove(id: string): Promise<void> {
    this._own((await this._load()).known, id);
    await this._options.profiles.own.remove(id);
    await this._load();
  }

  async test({ profile }: ConnectionBody<'test'>): Promise<ConnectionTest> {
    const { openHost, prompts, now, profiles } = this._options;
    const unusable = await profiles.unusable(profile);
    const shared = this._links.find(profile.host)?.opened ?? null;
    return this._trials.start(profile, { openHost, prompts, now, unusable, shared });
  }

  readTest(id: string): Promise<ConnectionTest> {
    return Promise.resolve().then(() => this._trials.read(id));
  }

  cancelTest(id: string): Promise<ConnectionTest> {
    return this._trials.cancel(id);
  }

  async ticket({ id, principal }: ConnectionBody<'ticket'>): Promise<Connection> {
    const { details } = await this.read(id);
    const known = details?.ticket.state === 'found' ? details.ticket.principal : null;
    return this._runWithSecret(id, kinit(principal ?? known));
  }

  async proxy({ id, voms, hours }: ConnectionBody<'proxy'>): Promise<Connection> {
    return this._runWithSecret(id, vomsProxyInit(voms, hours));
  }

  async folder(body: ConnectionBody<'folder'>): Promise<ConnectionReply<'folder'>> {
    return listFolder(await this.host(body.id), body);
  }

  async host(id: string): Promise<IHost> {
    const { profile } = await this._usable(id);
    const link = this._links.to(profile.host);
    return profile.host.kind === 'local' ? link.useNow(id) : link.use();
  }

  async dispose(): Promise<void> {
    this._options.prompts.dispose();
    await Promise.all([this._trials.dispose(), this._links.keep([])]);
  }

  private async _runWithSecret(id: string, program: ISecretProgram): Promise<Connection> {
    const host = await this.host(id);
    const { signal } = new AbortController();
    const questions = new Questions(this._options.prompts, id, signal, () => undefined);
    try {
      await runWithSecret(host, program, questions.ask, signal);
    } catch (error) {
      // It may have done its work and still complain; what there is now is told as news.
      this.probe(id).catch((late: unknown) => this._options.log.warn(`looking at ${id}`, late));
      throw questions.explain(error);
    }
    return this.probe(id);
  }

  /** Looks at the files, and tells all clients what changed in them. */
  private async _load(): Promise<IProfiles> {
    const before = this._profiles;
    const loaded = await this._options.profiles.load();
    this._profiles = loaded;
    if (before === null || isDeepStrictEqual(before, loaded)) {
      return loaded;
    }
    const { events } = this._options;
    await this._links.keep([...loaded.known.values()].map(({ profile }) => profile.host));
    for (const id of before.known.keys()) {
      if (!loaded.known.has(id)) {
        events.publish({ topic: 'connection-removed', id });
      }
    }
    for (const [id, known] of loaded.known) {
      if (!isDeepStrictEqual(known, before.known.get(id))) {
        events.publish({ topic: 'connection', connection: this._connection(known) });
      }
    }
    if (!isDeepStrictEqual(before.problems, loaded.problems)) {
      events.publish({ topic: 'connection-problems', problems: [...loaded.problems] });
    }
    return loaded;
  }

  private async _find(id: string): Promise<IKnownProfile> {
    return this._in((await this._load()).known, id);
  }

  private _in(known: IProfiles['known'], id: string): IKnownProfile {
    const found = known.get(id);
    if (found === undefined) {
      throw new HepbatchError('not-found', `There is no connection ${id}.`, {
        next: 'Look at the list of connections.'
      });
    }
    return found;
  }

  private _own(known: IProfiles['known'], id: string): void {
    const { origin, profile } = this._in(known, id);
    if (origin !== 'user') {
      const whose = origin === 'site' ? 'of the site' : 'built in';
      throw new HepbatchError('denied', `${profile.title} is ${whose} and cannot be changed.`, {
        next: 'Duplicate it, and change the copy.'
      });
    }
  }

  private async _usable(id: string): Promise<IKnownProfile> {
    const known = await this._find(id);
    if (known.unusable !== null) {
      throw new HepbatchError('unsupported', `${known.profile.title}: ${known.unusable}.`, {
        next: 'Use a connection to a host that has it.'
      });
    }
    return known;
  }

  private _connection({ profile, origin, file, unusable }: IKnownProfile): Connection {
    const { findings, client, status } = this._links.to(profile.host);
    // The line may be open for others; one that cannot be used here is not.
    const isUsable = unusable === null;
    const details = isUsable && findings && client ? detailsOf(findings, client, profile) : null;
    const shown = isUsable ? status : CLOSED;
    return structuredClone({ profile, origin, file, unusable, ...shown, details });
  }

  private _told(address: HostAddress): void {
    for (const known of this._profiles?.known.values() ?? []) {
      if (known.unusable === null && isDeepStrictEqual(known.profile.host, address)) {
        this._options.events.publish({ topic: 'connection', connection: this._connection(known) });
      }
    }
  }

  private _interpreters(): string[] {
    return [...(this._profiles?.known.values() ?? [])].flatMap(({ profile }) =>
      profile.defaults.python === undefined ? [] : [profile.defaults.python]
    );
  }

  private readonly _links: Links<IHostFindings>;
  private readonly _trials: Trials;
  private _profiles: IProfiles | null = null;
}
