import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { clusters, toFailure } from '../../contract';
import type { Call, Failure, WorkerLoss } from '../../contract';
import type { ClustersModel } from './model';

/** The reports of all workers that a cluster lost, read again when there is another. */
export class LossesModel implements IDisposable {
  constructor(
    private readonly _call: Call,
    private readonly _id: string,
    private readonly _clusters: ClustersModel
  ) {
    _clusters.stateChanged.connect(this._onClusters, this);
    this._onClusters();
  }

  /** Newest first; null before they were read. */
  get losses(): readonly WorkerLoss[] | null {
    return this._losses;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async refresh(): Promise<void> {
    this._turn += 1;
    const turn = this._turn;
    const { losses, failure } = await this._call(clusters.losses, { id: this._id }).then(
      answer => ({ losses: answer.losses, failure: null }),
      (error: unknown) => ({ losses: this._losses, failure: toFailure(error) })
    );
    // Else it was asked again meanwhile, and that answer is newer.
    if (turn === this._turn) {
      this._losses = losses;
      this._failure = failure;
      this._stateChanged.emit();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._clusters.stateChanged.disconnect(this._onClusters, this);
    Signal.clearData(this);
  }

  private _onClusters(): void {
    const news = JSON.stringify(this._clusters.find(this._id)?.losses ?? null);
    if (news !== this._seen) {
      this._seen = news;
      void this.refresh();
    }
  }

  private _losses: readonly WorkerLoss[] | null = null;
  private _failure: Failure | null = null;
  private _seen = '';
  private _turn = 0;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}
