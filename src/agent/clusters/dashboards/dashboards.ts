import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { HepbatchError } from '../../../contract';
import type { Dashboard, DashboardWorker } from '../../../contract';
import { nameTarget } from '../../connections/hosts/local-stream';
import type { IConnections } from '../../connections/service';
import type { EventHub } from '../../events';
import type { After } from '../../idle';
import { parseAddress } from './address';
import { Entry } from './entry';
import { lookAt } from './pages';
import type { IDashboardSource } from './source';
import { Way } from './way';
import { listWorkers } from './workers';
import type { IKnownWorker } from './workers';

/** What the dashboards of an agent are made of. */
export interface IDashboardsOptions {
  readonly connections: Pick<IConnections, 'host'>;
  readonly events: EventHub;
  readonly after: After;
  readonly now: () => Date;
}

/** So many addresses may be pasted; each may be looked for again and again. */
const MOST_PASTED = 100;

/**
 * The dashboards that can be shown. Only what is registered here is ever connected to: nothing in a
 * request for a page says where it goes.
 */
export class Dashboards {
  constructor(private readonly _options: IDashboardsOptions) {}

  /** Makes a dashboard known under its id, in the place of one that had it. */
  register(source: IDashboardSource): Dashboard {
    const known = this._entries.get(source.id);
    if (known !== undefined && isSame(known.source, source)) {
      return known.describe();
    }
    this._forget(source.id);
    const { now, after, events } = this._options;
    const changed = (dashboard: Dashboard) => events.publish({ topic: 'dashboard', dashboard });
    const entry = new Entry(source, { now, after, changed });
    this._entries.set(source.id, entry);
    this._tickets.set(entry.ticket, entry);
    const dashboard = entry.describe();
    changed(dashboard);
    return dashboard;
  }

  /** Forgets a dashboard and those of its workers; what shows them ends at once. */
  unregister(id: string): void {
    for (const { source } of [...this._entries.values()]) {
      if (source.id === id || source.of === id) {
        this._forget(source.id);
        this._options.events.publish({ topic: 'dashboard-removed', id: source.id });
      }
    }
  }

  list(): Dashboard[] {
    return [...this._entries.values()].map(entry => entry.describe());
  }

  /** Looks at it first. Throws `not-found`, as all that take an id. */
  async read(id: string): Promise<Dashboard> {
    const entry = this._need(id);
    await entry.look();
    return entry.describe();
  }

  /**
   * Registers an address on an open connection, if a dashboard of Dask answers there. Throws as
   * `IConnections.host`, `parseAddress` and `lookAt`.
   */
  async add(connection: string, address: string): Promise<Dashboard> {
    const { target, prefix } = parseAddress(address);
    const id = `pasted-${digest(connection, target.host, target.port, prefix)}`;
    if (this._entries.has(id)) {
      return this.read(id);
    }
    const host = () => this._options.connections.host(connection);
    await lookAt(new Way({ target, prefix, host }), 'scheduler', new AbortController().signal);
    const pasted = this.list().filter(({ origin, of }) => origin === 'pasted' && of === null);
    if (pasted.length >= MOST_PASTED) {
      const message = `There are ${MOST_PASTED} pasted dashboards already.`;
      throw new HepbatchError('refused', message, { next: 'Remove one that you need no more.' });
    }
    const title = nameTarget(target);
    const what = { kind: 'scheduler', origin: 'pasted', of: null } as const;
    this.register({ ...what, id, title, connection, target, prefix, host });
    return this.read(id);
  }

  /** Forgets a pasted one. Throws `denied` for those of clusters, which go with them. */
  remove(id: string): void {
    const { source } = this._need(id);
    if (source.origin !== 'pasted') {
      throw new HepbatchError('denied', `${source.title} belongs to a cluster.`, {
        next: 'It goes when the cluster is stopped.'
      });
    }
    this.unregister(id);
  }

  /** The workers of a scheduler. Throws as `listWorkers`; `bad-request` where it is a worker itself. */
  async workers(id: string): Promise<DashboardWorker[]> {
    return (await this._workersOf(id)).map(({ worker }) => worker);
  }

  /**
   * Registers the dashboard of a worker that its scheduler names now. Throws `not-found` where it
   * names none such. It gets an address of its own: pages of the scheduler cannot read it.
   */
  async worker(id: string, address: string): Promise<Dashboard> {
    const workers = await this._workersOf(id);
    const found = workers.find(({ worker, at }) => worker.address === address && at !== null);
    const { source } = this._need(id);
    const target = found?.at ?? null;
    if (found === undefined || target === null) {
      throw new HepbatchError(
        'not-found',
        `${source.title}: no worker ${address} with a dashboard`,
        {
          next: 'Look at the list of workers again.'
        }
      );
    }
    const { connection, origin, host } = source;
    const own = `${id}.${digest(address)}`;
    const title = found.worker.name;
    const what = { kind: 'worker', origin, of: id } as const;
    this.register({ ...what, id: own, title, connection, target, prefix: '', host });
    return this.read(own);
  }

  /** What the Jupyter server calls it on our socket. */
  ticket(id: string): string {
    return this._need(id).ticket;
  }

  /** Whom a ticket leads to; null where it leads nowhere any more. */
  byTicket(ticket: string): Entry | null {
    return this._tickets.get(ticket) ?? null;
  }

  /** Forgets all. */
  dispose(): void {
    for (const id of [...this._entries.keys()]) {
      this._forget(id);
    }
  }

  private _workersOf(id: string): Promise<IKnownWorker[]> {
    const { source, way, signal } = this._need(id);
    if (source.kind !== 'scheduler') {
      throw new HepbatchError('bad-request', `${source.title} is a worker and has none.`, {
        next: 'Ask the dashboard of its scheduler.'
      });
    }
    return listWorkers(way, signal);
  }

  private _need(id: string): Entry {
    const entry = this._entries.get(id);
    if (entry === undefined) {
      throw new HepbatchError('not-found', `There is no dashboard ${id}.`, {
        next: 'Look at the list of dashboards; pasted ones go with the agent.'
      });
    }
    return entry;
  }

  private _forget(id: string): void {
    const entry = this._entries.get(id);
    if (entry !== undefined) {
      this._entries.delete(id);
      this._tickets.delete(entry.ticket);
      entry.dispose();
    }
  }

  private readonly _entries = new Map<string, Entry>();
  private readonly _tickets = new Map<string, Entry>();
}

function isSame(a: IDashboardSource, b: IDashboardSource): boolean {
  return isDeepStrictEqual({ ...a, host: null }, { ...b, host: null });
}

/** The same for the same place, so that a panel that is restored finds it under its old id. */
function digest(...words: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 12);
}
