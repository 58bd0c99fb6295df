import type { ISignal } from '@lumino/signaling';
import * as z from 'zod';
import { Cluster, ClusterRequest, clusters, get } from '../contract';
import type { AgentEvent, Call, ClusterOptions, ClusterPreview } from '../contract';
import { CellState } from './cell-state';

/** Answered by the kernel: the cluster of the cell, or as long as there is none the request for it. */
const ofCell = get(
  '/clusters/of-cell',
  z.object({ cluster: Cluster.nullable(), request: ClusterRequest.nullable() })
);

/** The cluster of one cell: what is asked for, and once it is started how it stands. */
export class CellCluster extends CellState {
  /** `heard` is what the kernel passes on of this cluster. */
  constructor(
    private readonly _call: Call,
    heard: ISignal<unknown, AgentEvent>
  ) {
    super(heard);
  }

  /** Null: not started, or not known yet. */
  get cluster(): Cluster | null {
    return this._cluster;
  }

  /** What will be asked for by Start; null once it is started. */
  get request(): ClusterRequest | null {
    return this._cluster === null ? this._request : null;
  }

  /** What would be run, where somebody wanted to see it. */
  get preview(): ClusterPreview | null {
    return this._preview;
  }

  async refresh(): Promise<void> {
    await this.doing(() =>
      this.asking(
        () => this._call(ofCell, undefined),
        ({ cluster, request }) => {
          this._request ??= request; // what was changed here stays
          this._cluster = cluster;
        }
      )
    );
  }

  /** Other options than the cell says; what was previewed is no longer so. */
  change(options: Partial<ClusterOptions>): void {
    if (this._request !== null) {
      const all = Object.entries({ ...this._request.options, ...options });
      const given = all.filter(([, value]) => value !== undefined);
      this._request = { ...this._request, options: Object.fromEntries(given) };
      this._preview = null;
      this.changed();
    }
  }

  async look(): Promise<void> {
    const { _request: request } = this;
    if (request !== null) {
      await this.doing(async () => {
        this._preview = await this._call(clusters.preview, request);
      });
    }
  }

  async start(): Promise<void> {
    const { _request: request } = this;
    if (request !== null) {
      await this.doing(() =>
        this.asking(
          () => this._call(clusters.start, request),
          cluster => this._take(cluster)
        )
      );
    }
  }

  /** A number of workers, which holds until somebody says otherwise. */
  async scale(workers: number): Promise<void> {
    await this._change(id => this._call(clusters.scale, { id, workers }));
  }

  /** Workers come and go with the work, between bounds. */
  async adapt(minimum: number, maximum: number): Promise<void> {
    await this._change(id => this._call(clusters.adapt, { id, minimum, maximum }));
  }

  async stop(): Promise<void> {
    await this._change(id => this._call(clusters.stop, { id }));
  }

  /** Removes what is left of a lost one. */
  async clean(): Promise<void> {
    await this._change(id => this._call(clusters.clean, { id }));
  }

  /** Does what the cell itself does not; its failure is shown like all others. */
  async run(act: (cluster: Cluster) => Promise<unknown>): Promise<void> {
    const { _cluster: cluster } = this;
    if (cluster !== null) {
      await this.doing(() => act(cluster));
    }
  }

  private async _change(ask: (id: string) => Promise<Cluster>): Promise<void> {
    await this.run(({ id }) =>
      this.asking(
        () => ask(id),
        cluster => this._take(cluster)
      )
    );
  }

  protected override hear(event: AgentEvent): void {
    if (event.topic === 'cluster') {
      this._take(event.cluster);
      this.changed();
    }
  }

  private _take(cluster: Cluster): void {
    this._cluster = cluster;
    this._preview = null;
  }

  private _cluster: Cluster | null = null;
  private _request: ClusterRequest | null = null;
  private _preview: ClusterPreview | null = null;
}
