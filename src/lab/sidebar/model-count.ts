import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ICount } from '../tokens';

/** A model that says when it changed. */
interface IChanging {
  readonly stateChanged: ISignal<unknown, void>;
}

/** The number of a section, taken from a model as soon as there is one. */
export class ModelCount<M extends IChanging> implements ICount {
  /** `count` is null while the number is not known. */
  constructor(private readonly _count: (model: M) => number | null) {}

  readonly changed: Signal<ICount, void> = new Signal<ICount, void>(this);
  value: number | null = null;

  /** A slot for the signal that tells of the model. */
  watch(_: unknown, model: M): void {
    const take = () => {
      const value = this._count(model);
      if (value !== this.value) {
        this.value = value;
        this.changed.emit();
      }
    };
    model.stateChanged.connect(take);
    take();
  }
}
