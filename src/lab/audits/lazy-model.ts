import { Signal } from '@lumino/signaling';
import type { IAgent, IAudits } from '../tokens';
import type { AuditsModel } from './model';

/** The model of the list, which is loaded, and asks the agent, when it is first wanted. */
export class LazyModel implements IAudits {
  constructor(private readonly _agent: IAgent) {}

  /** Emitted once the model is there. */
  readonly loaded = new Signal<this, AuditsModel>(this);

  async model(): Promise<AuditsModel> {
    this._model ??= this._load().catch((error: unknown) => {
      this._model = null; // the next one tries again
      throw error;
    });
    return this._model;
  }

  private async _load(): Promise<AuditsModel> {
    const { AuditsModel } = await import('./model');
    const model = new AuditsModel(this._agent.call, this._agent.heard);
    this._agent.connect();
    void model.refresh();
    this.loaded.emit(model);
    return model;
  }

  private _model: Promise<AuditsModel> | null = null;
}
