import { isDeepStrictEqual } from 'node:util';
import { HepbatchError } from '../../contract';
import type { Cluster, ConnectionProfile, SupervisorRecord } from '../../contract';
import type { Added } from './added/added';
import { Dashes } from './dashes';
import { listRecords } from './discover';
import type { ClusterRecord } from './store';
import { identityOf, identityOfFound } from './tend/card';
import { Tended } from './tend/tended';
import type { IClustersWorld } from './world';

/** How often hosts are searched for clusters of others, at most. */
const SEARCH_MS = 10_000;

/** How many clusters that ended are remembered. */
const KEPT = 20;

/** All clusters that are known, each tended; tells the hub of every change, and the disk of most. */
export class Known {
  constructor(
    private readonly _world: IClustersWorld,
    private readonly _added: Pick<Added, 'refusal'>
  ) {
    this._dashes = new Dashes(_world.dashboards);
    // While nobody listened they were asked once a minute.
    const unheard = _world.events.whenHeard(() => this.all.forEach(({ watch }) => watch.nudge()));
    // A connection that opened may lead to clusters that could not be asked until now.
    const untap = _world.events.tap(body => {
      if (
        body.topic === 'connection' &&
        ['open', 'lost', 'closed'].includes(body.connection.state)
      ) {
        this._of(body.connection.profile.id).forEach(({ watch }) => watch.nudge());
      }
    });
    this._untap = () => {
      unheard();
      untap();
    };
  }

  /** Takes up what earlier agents began. */
  async load(): Promise<void> {
    for (const record of await this._world.store.load()) {
      this.add(record);
    }
  }

  get all(): readonly Tended[] {
    return [...this._tended.values()];
  }

  /** Is told of each cluster that ended, or is forgotten. */
  onEnded: (id: string) => Promise<void> = () => Promise.resolve();

  /** Null where it is not known. */
  find(id: string): Tended | null {
    return this._tended.get(id) ?? null;
  }

  /** Registers the dashboard of a worker, and gives its id. Throws `not-found`. */
  dashboardOf(id: string, address: string): string {
    return this._dashes.worker(this.need(id), address);
  }

  /** Throws `not-found`, and `conflict` for one that was named by its dashboard alone. */
  need(id: string): Tended {
    const tended = this._tended.get(id);
    if (tended === undefined) {
      const refusal = this._added.refusal(id);
      if (refusal !== null) {
        throw refusal;
      }
      throw new HepbatchError('not-found', `There is no cluster ${id}.`, {
        next: 'Look at the list of clusters.'
      });
    }
    return tended;
  }

  /** Tends a cluster that was started by this user's agents, or is just being started. */
  add(record: ClusterRecord, { isLaunching = false } = {}): Tended {
    const { id, connection, folder, address, phase, stopping, failure, endedAt } = record;
    // A home folder that machines share has the records of all their agents.
    const isOurs = address.kind !== 'local' || record.host === this._world.hostName;
    const tended = this._tend(
      new Tended({
        ...this._common(connection),
        isLaunching,
        identity: identityOf(record),
        folder,
        phase: {
          phase,
          stopping,
          failure,
          endedAt,
          loopback: null,
          remote: address.kind !== 'local'
        },
        advanced: ({ phase: now, card }) => {
          if (isOurs) {
            const versions = card.interpreter?.versions ?? record.interpreter.versions;
            this._save(id, {
              ...record,
              phase: now.phase,
              stopping: now.stopping,
              failure: now.failure,
              endedAt: now.endedAt,
              interpreter: { ...record.interpreter, versions }
            });
          }
        }
      })
    );
    return tended;
  }

  /** Looks for clusters of this user's other supervisors on all hosts that are open. */
  async search(): Promise<void> {
    if (this._searchedAt + SEARCH_MS > this._world.now().getTime()) {
      return this._searching ?? undefined;
    }
    this._searchedAt = this._world.now().getTime();
    this._searching = this._search().finally(() => {
      this._searching = null;
    });
    return this._searching;
  }

  /** No longer knows a cluster, nor has its record. */
  async forget(id: string): Promise<void> {
    const tended = this._tended.get(id);
    this._tended.delete(id);
    this._dashes.forget(id);
    await tended?.watch.dispose();
    await this._saving.get(id);
    await this._world.store.remove(id);
    this._world.events.publish({ topic: 'cluster-removed', id });
  }

  async dispose(): Promise<void> {
    this._untap();
    await Promise.all(this.all.map(({ watch }) => watch.dispose()));
    await Promise.all(this._saving.values());
  }

  private _tend(tended: Tended): Tended {
    this._tended.set(tended.identity.id, tended);
    tended.begin();
    this._told(tended);
    return tended;
  }

  private _common(connection: string) {
    const { connections, places, log, events, now } = this._world;
    return {
      host: () => connections.host(connection),
      places,
      log,
      isListened: () => events.clients > 0,
      now,
      changed: (tended: Tended) => this._told(tended)
    };
  }

  private _told(tended: Tended): void {
    const { card } = tended;
    if (this._tended.get(card.id) !== tended) {
      return; // it says so before it is known, or after
    }
    this._dashes.follow(tended);
    this._world.events.publish({ topic: 'cluster', cluster: structuredClone(card) });
    if (tended.phase.phase === 'ended') {
      this._over(card);
    }
  }

  private _over({ id, origin }: Cluster): void {
    const warn = (error: unknown) => this._world.log.warn(`end of cluster ${id}`, error);
    this.onEnded(id).catch(warn);
    if (origin === 'supervisor') {
      this.forget(id).catch(warn); // what another one ended is theirs to remember
    } else {
      this._forgetOld();
    }
  }

  private _forgetOld(): void {
    const ended = this.all
      .filter(({ phase }) => phase.phase === 'ended')
      .sort((a, b) => (b.card.endedAt ?? '').localeCompare(a.card.endedAt ?? ''));
    for (const { identity } of ended.slice(KEPT)) {
      this.forget(identity.id).catch((error: unknown) =>
        this._world.log.warn('old cluster', error)
      );
    }
  }

  /** Writes a record; those of one cluster one after the other. */
  private _save(id: string, record: ClusterRecord): void {
    const before = this._saving.get(id) ?? Promise.resolve();
    const saving = before
      .then(() => this._world.store.save(record))
      .catch((error: unknown) => this._world.log.error(`record of cluster ${id}`, error));
    this._saving.set(id, saving);
  }

  private async _search(): Promise<void> {
    const { connections, places, log } = this._world;
    const listed = (await connections.list()).connections;
    const all = await Promise.all(listed.map(({ profile }) => connections.read(profile.id)));
    const open = all.filter(
      ({ profile, state, unusable }) =>
        unusable === null &&
        (state === 'open' || (profile.host.kind === 'local' && !this._wasSearchedHere))
    );
    this._wasSearchedHere = true;
    const searched: ConnectionProfile['host'][] = [];
    for (const { profile } of open) {
      if (searched.some(host => isDeepStrictEqual(host, profile.host))) {
        continue;
      }
      searched.push(profile.host);
      const sharing = open
        .map(other => other.profile)
        .filter(other => isDeepStrictEqual(other.host, profile.host));
      try {
        const host = await connections.host(profile.id);
        const { clusters } = await places.of(host);
        const found = await listRecords(host, clusters, id => this._tended.has(id));
        found.forEach(({ record, folder }) => this._addFound(record, folder, sharing));
      } catch (error) {
        log.warn(`clusters on ${profile.title} cannot be looked for`, error);
      }
    }
  }

  private _addFound(
    record: SupervisorRecord,
    folder: string,
    sharing: readonly ConnectionProfile[]
  ): void {
    const profile = sharing.find(({ backend }) => backend === record.backend) ?? sharing[0];
    if (profile === undefined || this._tended.has(record.id)) {
      return;
    }
    this._tend(
      new Tended({
        ...this._common(profile.id),
        isLaunching: false,
        identity: identityOfFound(record, profile.id, folder),
        folder,
        phase: {
          phase: 'up',
          stopping: false,
          failure: null,
          endedAt: null,
          loopback: null,
          remote: profile.host.kind !== 'local'
        },
        advanced: () => undefined
      })
    );
  }

  private _of(connection: string): readonly Tended[] {
    return this.all.filter(({ identity }) => identity.connection === connection);
  }

  private readonly _tended = new Map<Cluster['id'], Tended>();
  private readonly _saving = new Map<string, Promise<void>>();
  private readonly _dashes: Dashes;
  private readonly _untap: () => void;
  private _searchedAt = 0;
  /** This machine is opened for the first search; who closes it then wants it closed. */
  private _wasSearchedHere = false;
  private _searching: Promise<void> | null = null;
}
