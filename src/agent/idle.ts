/** Does something once, later, and returns what calls it off. */
export type After = (ms: number, work: () => void) => () => void;

/** When the agent is no longer needed, and what is done then. */
export interface IIdleOptions {
  readonly minutes: number;
  /** True while something runs that a client will want to see the end of. */
  readonly isBusy: () => boolean;
  readonly end: () => void;
  readonly after: After;
}

const MINUTE_MS = 60_000;

/** Longer waits overflow the timer, which then fires at once. */
const MAX_MINUTES = 30_000;

/**
 * Ends the agent some minutes after the last client left or asked, unless something still runs:
 * then as soon as that is over, looked at once a minute.
 */
export class IdleEnd {
  constructor(private readonly _options: IIdleOptions) {
    this._waitMs = Math.min(_options.minutes, MAX_MINUTES) * MINUTE_MS;
    this._restart(this._waitMs);
  }

  /** Tells how many clients listen now. */
  setClients(count: number): void {
    this._clients = count;
    this.touch();
  }

  /** Somebody asked something: the wait begins anew. */
  touch(): void {
    this._restart(this._waitMs);
  }

  /** It will not end any more. */
  dispose(): void {
    this._isDisposed = true;
    this._callOff();
  }

  private _restart(ms: number): void {
    this._callOff();
    if (!this._isDisposed && this._clients === 0) {
      this._callOff = this._options.after(ms, () => this._check());
    }
  }

  private _check(): void {
    if (this._options.isBusy()) {
      this._restart(Math.min(MINUTE_MS, this._waitMs));
    } else {
      this._options.end();
    }
  }

  private readonly _waitMs: number;
  private _clients = 0;
  private _isDisposed = false;
  private _callOff: () => void = () => undefined;
}
