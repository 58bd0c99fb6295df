import { createHash } from 'node:crypto';
import { HepbatchError } from '../../contract';
import type { StreamTarget } from '../connections/hosts/host';
import type { Tended } from './tend/tended';
import type { IDashboardRegistry } from './world';

/** Makes the dashboards of clusters known for as long as their schedulers may live. */
export class Dashes {
  constructor(private readonly _registry: IDashboardRegistry) {}

  /** Registers the dashboard of a cluster, or takes it back, as the cluster is now. */
  follow(tended: Tended): void {
    const { id, name, connection } = tended.card;
    const target = targetOf(tended);
    if (target === null) {
      this.forget(id);
      return;
    }
    this._known.add(id);
    this._registry.register({
      id,
      title: name,
      kind: 'scheduler',
      origin: 'cluster',
      of: null,
      connection,
      target,
      prefix: '',
      host: tended.host
    });
  }

  /** Registers the dashboard of a worker, and gives its id. Throws `not-found`. */
  worker(tended: Tended, address: string): string {
    const { id, connection } = tended.card;
    const workers = tended.watch.seen.description?.workers ?? [];
    const worker = workers.find(one => one.address === address);
    if (worker === undefined || worker.dashboard === null || targetOf(tended) === null) {
      throw new HepbatchError('not-found', `${address}: no worker with a dashboard`, {
        next: 'Look at the list of workers again.'
      });
    }
    const own = `${id}.${createHash('sha256').update(address).digest('hex').slice(0, 12)}`;
    this._registry.register({
      id: own,
      title: worker.name,
      kind: 'worker',
      origin: 'cluster',
      of: id,
      connection,
      target: worker.dashboard,
      prefix: '',
      host: tended.host
    });
    return own;
  }

  /** What shows them ends. */
  forget(id: string): void {
    if (this._known.delete(id)) {
      this._registry.unregister(id);
    }
  }

  private readonly _known = new Set<string>();
}

/** Where the scheduler's dashboard is; null once it is known to be gone. */
function targetOf({ card, watch }: Tended): StreamTarget | null {
  const { description, silent } = watch.seen;
  const verdict = silent?.verdict ?? null;
  const isGone = verdict !== null && verdict.is !== 'alive';
  return card.scheduler === null || isGone ? null : (description?.scheduler?.dashboard ?? null);
}
