import type * as z from 'zod';
import { clusters, HepbatchError } from '../../contract';
import type {
  AdaptiveBounds,
  AgentEvent,
  Cluster,
  ClusterPreview,
  ClusterRequest
} from '../../contract';
import { ListModel } from '../list-model';
import type { Told } from '../list-model';

/** The clusters as last heard from the agent, newest first. */
export class ClustersModel extends ListModel<Cluster> {
  get clusters(): readonly Cluster[] {
    return this._listed;
  }

  /** What would be run; nothing is started. */
  async preview(request: z.input<typeof ClusterRequest>): Promise<ClusterPreview> {
    return this._call(clusters.preview, request);
  }

  async start(request: z.input<typeof ClusterRequest>): Promise<Cluster> {
    return this._ask(() => this._call(clusters.start, request));
  }

  /** A number of workers, which holds until somebody says otherwise. */
  async scale(id: string, workers: number): Promise<Cluster> {
    return this._ask(() => this._call(clusters.scale, { id, workers }));
  }

  /** Workers come and go with the work, between bounds. */
  async adapt(id: string, bounds: z.input<typeof AdaptiveBounds>): Promise<Cluster> {
    return this._ask(() => this._call(clusters.adapt, { id, ...bounds }));
  }

  async stop(id: string): Promise<Cluster> {
    return this._ask(() => this._call(clusters.stop, { id }));
  }

  /** Removes what is left of a lost one. */
  async clean(id: string): Promise<Cluster> {
    return this._ask(() => this._call(clusters.clean, { id }));
  }

  /** Names a cluster that runs where an open connection leads. */
  async add(request: z.input<typeof clusters.add.body>): Promise<Cluster> {
    return this._ask(() => this._call(clusters.add, request));
  }

  /** Opens or closes a port of this machine for clients of a remote cluster. */
  async loopback(id: string, open: boolean): Promise<Cluster> {
    return this._ask(() => this._call(clusters.loopback, { id, open }));
  }

  /** Begins to record a performance report, or ends it without one. */
  async record(id: string, on: boolean): Promise<Cluster> {
    return this._ask(() => this._call(clusters.record, { id, on }));
  }

  /** The performance report of what was recorded until now, as HTML. */
  async report(id: string): Promise<string> {
    const { size } = await this._call(clusters.report, { id });
    const pieces: string[] = [];
    for (let offset = 0; offset < size;) {
      const { text, next } = await this._call(clusters.readReport, { id, offset });
      if (next <= offset) {
        const message = `${this.find(id)?.name ?? id}: its performance report broke off`;
        throw new HepbatchError('conflict', message, { next: 'Save it again.' });
      }
      pieces.push(text);
      offset = next;
    }
    return pieces.join('');
  }

  /** Forgets one that ended, with its logs. */
  async remove(id: string): Promise<void> {
    await this._forget(id, () => this._call(clusters.remove, { id }));
  }

  /** The code that connects a notebook; `hepbatch`: with our own function, else plain Dask. */
  async clientCode(id: string, hepbatch: boolean): Promise<string> {
    return (await this._call(clusters.clientCode, { id, hepbatch })).code;
  }

  protected override _idOf({ id }: Cluster): string {
    return id;
  }

  protected override async _read(): Promise<readonly Cluster[]> {
    return (await this._call(clusters.list, undefined)).clusters;
  }

  protected override _told(event: AgentEvent): Told<Cluster> {
    switch (event.topic) {
      case 'cluster':
        return { id: event.cluster.id, one: event.cluster };
      case 'cluster-removed':
        return { id: event.id, one: null };
      default:
        return null;
    }
  }

  protected override _place(): number {
    return 0;
  }
}
