import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../contract';
import type { AgentEvent, Failure } from '../contract';

/** What every cell with a verb has: whether something is being done, and why it could not be. */
export abstract class CellState implements IDisposable {
  /** `heard` is what the kernel passes on of the agent. */
  constructor(private readonly _heard: ISignal<unknown, AgentEvent>) {
    this._heard.connect(this._onHeard, this);
  }

  /** Why the last thing that was asked for could not be done. */
  get failure(): Failure | null {
    return this._failure;
  }

  /** While something is asked for. */
  get isBusy(): boolean {
    return this._isBusy;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  /** Takes what the agent told; a person sees it then. */
  protected abstract hear(event: AgentEvent): void;

  /** Does something that a person asked for; its failure is shown. */
  protected async doing(act: () => Promise<unknown>): Promise<void> {
    this._isBusy = true;
    this._failure = null;
    this.changed();
    try {
      await act();
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._isBusy = false;
    this.changed();
  }

  /** Asks how things stand; what was told while the answer was on its way is newer, and stays. */
  protected async asking<A>(ask: () => Promise<A>, take: (answer: A) => void): Promise<A> {
    const told = this._told;
    const answer = await ask();
    if (told === this._told) {
      take(answer);
    }
    return answer;
  }

  /** Asks the kernel what this cell is about. */
  abstract refresh(): Promise<void>;

  protected changed(): void {
    this._stateChanged.emit();
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
    } else {
      this._told += 1;
      this.hear(event);
    }
  }

  private _failure: Failure | null = null;
  private _isBusy = false;
  /** How often something was told. */
  private _told = 0;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}
