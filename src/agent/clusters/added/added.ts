import { isDeepStrictEqual } from 'node:util';
import { HepbatchError, toFailure } from '../../../contract';
import type { ClientInfo, Cluster } from '../../../contract';
import type { ClusterBody } from '../service';
import type { IClustersWorld } from '../world';
import { cardOfAdded } from './card';
import type { IAdded } from './card';

/** Clusters that somebody named by the address of their dashboard; they live as long as the agent. */
export class Added {
  constructor(
    private readonly _world: Pick<
      IClustersWorld,
      'connections' | 'dashboards' | 'events' | 'hostName' | 'log' | 'now'
    >
  ) {
    this._untap = _world.events.tap(body => {
      if (body.topic === 'dashboard') {
        const known = this._added.get(body.dashboard.id);
        if (known !== undefined) {
          this._set({ ...known, dashboard: body.dashboard });
        }
      } else if (body.topic === 'dashboard-removed' && this._added.delete(body.id)) {
        _world.events.publish({ topic: 'cluster-removed', id: body.id });
      }
    });
  }

  get cards(): Cluster[] {
    return [...this._added.values()].map(cardOfAdded);
  }

  has(id: string): boolean {
    return this._added.has(id);
  }

  /**
   * Names one. `others` are the cards of clusters that are known otherwise: one of them is answered
   * where it is the same. Throws as `Dashboards.add`, and `conflict` for a name that is taken.
   */
  async add(
    { connection, address, origin, name }: ClusterBody<'add'>,
    others: () => readonly Cluster[]
  ): Promise<Cluster> {
    const { profile } = await this._world.connections.read(connection);
    const dashboard = await this._world.dashboards.add(connection, address);
    const before = this._added.get(dashboard.id);
    const scheduler = await this._ask(dashboard.id);
    const same = others().find(
      card =>
        card.connection === connection &&
        card.scheduler !== null &&
        card.scheduler.address === scheduler?.address
    );
    if (same !== undefined) {
      this._world.dashboards.unregister(dashboard.id);
      return structuredClone(same);
    }
    const wanted = name ?? before?.name ?? dashboard.title;
    const all = [...others(), ...this.cards.filter(({ id }) => id !== dashboard.id)];
    if (all.some(card => card.name === wanted && card.state !== 'stopped')) {
      throw new HepbatchError('conflict', `There is a cluster ${wanted} already.`, {
        next: 'Choose another name.'
      });
    }
    return this._set({
      name: wanted,
      origin,
      host: profile.host.kind === 'local' ? this._world.hostName : profile.host.destination,
      isHere: profile.host.kind === 'local',
      dashboard,
      scheduler,
      heardAt: scheduler === null ? null : this._world.now().toISOString()
    });
  }

  /** Looks at it anew. */
  async read(id: string): Promise<Cluster> {
    const dashboard = await this._world.dashboards.read(id);
    const scheduler = dashboard.state === 'up' ? await this._ask(id) : null;
    const known = this._need(id);
    const heardAt = scheduler === null ? known.heardAt : this._world.now().toISOString();
    return this._set({ ...known, dashboard, scheduler: scheduler ?? known.scheduler, heardAt });
  }

  /** Forgets it; it goes on. */
  remove(id: string): void {
    this._need(id);
    this._world.dashboards.unregister(id); // which tells us
  }

  /** How a client of this machine connects. Throws `conflict` where that cannot be known. */
  client(id: string): ClientInfo {
    const { name, scheduler, can } = cardOfAdded(this._need(id));
    if (scheduler === null || !can.includes('client')) {
      const message = `${name} was named by its dashboard: how clients get into it is not known`;
      throw new HepbatchError('conflict', message, {
        next: 'Connect a client where the cluster was started.'
      });
    }
    return { id, name, address: scheduler.address, tls: null, versions: {} };
  }

  /** Why anything else cannot be done with it; null where it is none of these. */
  refusal(id: string): HepbatchError | null {
    const known = this._added.get(id);
    return known === undefined
      ? null
      : new HepbatchError('conflict', `${known.name} was named by its dashboard alone.`, {
          next: `Do that where it was started. It can here: ${cardOfAdded(known).can.join(', ')}.`
        });
  }

  dispose(): void {
    this._untap();
  }

  private _need(id: string): IAdded {
    const known = this._added.get(id);
    if (known === undefined) {
      throw new HepbatchError('not-found', `There is no cluster ${id}.`, {
        next: 'Look at the list of clusters.'
      });
    }
    return known;
  }

  /** A page that an old scheduler lacks takes nothing from its dashboard. */
  private async _ask(id: string): Promise<IAdded['scheduler']> {
    try {
      return await this._world.dashboards.scheduler(id);
    } catch (error) {
      this._world.log.info(`scheduler of ${id}: ${toFailure(error).message}`);
      return null;
    }
  }

  private _set(added: IAdded): Cluster {
    const { id } = added.dashboard;
    const known = this._added.get(id);
    const card = cardOfAdded(added);
    this._added.set(id, added);
    const old = known === undefined ? null : { ...cardOfAdded(known), heardAt: null };
    if (!isDeepStrictEqual(old, { ...card, heardAt: null })) {
      this._world.events.publish({ topic: 'cluster', cluster: structuredClone(card) });
    }
    return card;
  }

  private readonly _added = new Map<Cluster['id'], IAdded>();
  private readonly _untap: () => void;
}
