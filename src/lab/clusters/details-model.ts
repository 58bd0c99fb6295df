import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { clusters } from '../../contract';
import type { Call, Cluster, ClusterJob, ClusterWorker } from '../../contract';
import { Pages } from '../table/pages';
import type { ClustersModel } from './model';

/** The workers of a cluster and the batch jobs behind them, read again with its news. */
export class DetailsModel implements IDisposable {
  constructor(
    private readonly _call: Call,
    private readonly _id: string,
    private readonly _clusters: ClustersModel
  ) {
    this.workers = new Pages(async (offset, limit) => {
      const { workers, total } = await _call(clusters.workers, { id: _id, offset, limit });
      return { rows: workers, total };
    });
    this.jobs = new Pages(async (offset, limit) => {
      const { jobs, total } = await _call(clusters.jobs, { id: _id, offset, limit });
      return { rows: jobs, total };
    });
    _clusters.stateChanged.connect(this._onClusters, this);
  }

  readonly workers: Pages<ClusterWorker>;
  readonly jobs: Pages<ClusterJob>;

  /** Null: it is gone. */
  get cluster(): Cluster | null {
    return this._clusters.find(this._id) ?? null;
  }

  get stateChanged(): ISignal<ClustersModel, void> {
    return this._clusters.stateChanged;
  }

  get isDisposed(): boolean {
    return this.workers.isDisposed;
  }

  /** What the batch system itself says of a job. */
  async explain(job: string): Promise<string> {
    return (await this._call(clusters.explain, { id: this._id, job })).text;
  }

  /** Names the dashboard of a worker. */
  async dashboardOf(address: string): Promise<string> {
    const answer = await this._call(clusters.workerDashboard, { id: this._id, address });
    return answer.dashboard;
  }

  dispose(): void {
    this._clusters.stateChanged.disconnect(this._onClusters, this);
    this.workers.dispose();
    this.jobs.dispose();
  }

  private _onClusters(): void {
    const news = JSON.stringify([this.cluster?.workers, this.cluster?.jobs]);
    if (news !== this._seen) {
      this._seen = news;
      this.workers.renew();
      this.jobs.renew();
    }
  }

  private _seen = '';
}
