import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { connections, toFailure } from '../../contract';
import type { AgentEvent, Call, ConnectionProfile, ConnectionTest, Failure } from '../../contract';

/** The trial of a profile that may not be saved yet, step by step. */
export class ProfileTest implements IDisposable {
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  /** As last heard; null before the first. */
  get test(): ConnectionTest | null {
    return this._test;
  }

  /** Why it could not be begun or ended. */
  get failure(): Failure | null {
    return this._failure;
  }

  get isRunning(): boolean {
    return this._isStarting || this._test?.state === 'running';
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Tries a profile; one that is under way is ended first. */
  async start(profile: ConnectionProfile): Promise<void> {
    this._isStarting = true;
    await this.cancel();
    this._test = null;
    await this._ask(() => this._call(connections.test, { profile }));
    this._isStarting = false;
    this._stateChanged.emit();
    if (this._isDisposed) {
      await this.cancel();
    }
  }

  /** Ends it; what it opened is closed. */
  async cancel(): Promise<void> {
    const { _test: test } = this;
    if (test?.state === 'running') {
      await this._ask(() => this._call(connections.cancelTest, { id: test.id }));
    }
  }

  /** A test that nobody looks at any more is ended. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      void this.cancel();
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  private async _ask(ask: () => Promise<ConnectionTest>): Promise<void> {
    const told = new Map<string, ConnectionTest>();
    this._told.add(told);
    this._failure = null;
    this._stateChanged.emit();
    try {
      const answer = await ask();
      // What was told while the answer was on its way is newer than the answer.
      this._test = told.get(answer.id) ?? answer;
    } catch (error) {
      this._failure = toFailure(error);
    } finally {
      this._told.delete(told);
    }
    this._stateChanged.emit();
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'connection-test') {
      this._told.forEach(told => told.set(event.test.id, event.test));
      if (event.test.id === this._test?.id) {
        this._test = event.test;
        this._stateChanged.emit();
      }
    } else if (event.topic === 'reset' && this._test?.state === 'running') {
      const { id } = this._test;
      void this._ask(() => this._call(connections.readTest, { id }));
    }
  }

  private _test: ConnectionTest | null = null;
  private _isStarting = false;
  /** What was told of tests since each question that is under way. */
  private readonly _told = new Set<Map<string, ConnectionTest>>();
  private _failure: Failure | null = null;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}
