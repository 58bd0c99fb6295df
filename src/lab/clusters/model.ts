import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import * as z from 'zod';
import { ClusterRequest, clusters, HepbatchError, toFailure } from '../../contract';
import type {
  AdaptiveBounds,
  AgentEvent,
  Call,
  Cluster,
  ClusterPreview,
  Failure
} from '../../contract';

/** What was told of clusters since a question was asked; null: it is gone. */
type News = Map<string, Cluster | null>;

/** The clusters as last heard from the agent, newest first. */
export class ClustersModel implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  get clusters(): readonly Cluster[] {
    return this._clusters;
  }

  /** False until the list was read once. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Why the list could not be read, last time. */
  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The cluster of an id, where it is known. */
  find(id: string): Cluster | undefined {
    return this._clusters.find(cluster => cluster.id === id);
  }

  /** Reads the list; what fails is kept as `failure`. */
  async refresh(): Promise<void> {
    try {
      await this._asking(async news => {
        const listed = await this._call(clusters.list, undefined);
        this._clusters = listed.clusters;
        this._isLoaded = true;
        this._failure = null;
        // What was told while the answer was on its way is newer than the answer.
        for (const [id, cluster] of news) {
          this._put(id, cluster);
        }
      });
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
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
    await this._asking(async news => {
      await this._call(clusters.remove, { id });
      if (!news.has(id)) {
        this._put(id, null);
        this._stateChanged.emit();
      }
    });
  }

  /** The code that connects a notebook; `hepbatch`: with our own function, else plain Dask. */
  async clientCode(id: string, hepbatch: boolean): Promise<string> {
    return (await this._call(clusters.clientCode, { id, hepbatch })).code;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
    } else if (event.topic === 'cluster') {
      this._put(event.cluster.id, event.cluster);
      this._stateChanged.emit();
    } else if (event.topic === 'cluster-removed') {
      this._put(event.id, null);
      this._stateChanged.emit();
    }
  }

  /** Asks for one cluster; what was told of it meanwhile is at least as new as the answer. */
  private async _ask(ask: () => Promise<Cluster>): Promise<Cluster> {
    return this._asking(async news => {
      const answer = await ask();
      if (!news.has(answer.id)) {
        this._put(answer.id, answer);
        this._stateChanged.emit();
      }
      return this.find(answer.id) ?? answer;
    });
  }

  private async _asking<T>(ask: (news: News) => Promise<T>): Promise<T> {
    const news: News = new Map();
    this._news.add(news);
    try {
      return await ask(news);
    } finally {
      this._news.delete(news);
    }
  }

  private _put(id: string, cluster: Cluster | null): void {
    this._news.forEach(news => news.set(id, cluster));
    const at = this._clusters.findIndex(other => other.id === id);
    const others = this._clusters.filter(other => other.id !== id);
    if (cluster !== null) {
      others.splice(Math.max(at, 0), 0, cluster);
    }
    this._clusters = others;
  }

  private _clusters: readonly Cluster[] = [];
  private _isLoaded = false;
  private _isDisposed = false;
  private _failure: Failure | null = null;
  private readonly _news = new Set<News>();
  private readonly _stateChanged = new Signal<this, void>(this);
}
