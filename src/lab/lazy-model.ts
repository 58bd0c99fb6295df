import { Signal } from '@lumino/signaling';
import type { IAgent } from './tokens';

/** A model of a feature: what the agent last said, kept up to date by its events. */
interface IRefreshed {
  refresh(): Promise<void>;
}

/** The model of a feature, which is loaded, and asks the agent, when it is first wanted. */
export class LazyModel<M extends IRefreshed> {
  /** `load` fetches the code of the model and makes it; it listens to the agent from then on. */
  constructor(
    private readonly _agent: IAgent,
    private readonly _load: () => Promise<M>
  ) {}

  /** Emitted once the model is there. */
  readonly loaded: Signal<this, M> = new Signal<this, M>(this);

  async model(): Promise<M> {
    this._model ??= this._begin().catch((error: unknown) => {
      this._model = null; // the next one tries again
      throw error;
    });
    return this._model;
  }

  private async _begin(): Promise<M> {
    const model = await this._load();
    this._agent.connect();
    void model.refresh();
    this.loaded.emit(model);
    return model;
  }

  private _model: Promise<M> | null = null;
}
