import { listen } from '../../cancel';

/** Why a command is ended before it ends by itself. */
export type StopReason = 'timed-out' | 'cancelled' | 'too-much-output';

/** A timer takes no more; this is 24 days. */
const MAX_MS = 2 ** 31 - 1;

/** The first reason to end a command: the user's signal, its time, or what it says too much. */
export class Stop {
  constructor(
    private readonly _signal: AbortSignal,
    timeoutMs: number
  ) {
    this._timer = setTimeout(() => this.now('timed-out'), Math.min(timeoutMs, MAX_MS));
    listen(_signal, this._cancel);
    if (_signal.aborted) {
      this._cancel();
    }
  }

  /** Aborted when there is a reason. */
  get signal(): AbortSignal {
    return this._stop.signal;
  }

  /** Null while there is none. */
  get reason(): StopReason | null {
    return this._reason;
  }

  /** Ends it for this reason, unless there was one. */
  now(reason: StopReason): void {
    this._reason ??= reason;
    this._stop.abort();
  }

  /** Resolves with the reason when there is one. */
  async wait(): Promise<StopReason> {
    if (this._reason === null) {
      await new Promise(resolve => listen(this.signal, () => resolve(null)));
    }
    return this._reason ?? 'cancelled';
  }

  /** Stops watching. */
  dispose(): void {
    clearTimeout(this._timer);
    this._signal.removeEventListener('abort', this._cancel);
  }

  private readonly _stop = new AbortController();
  private readonly _cancel = () => this.now('cancelled');
  private readonly _timer: NodeJS.Timeout;
  private _reason: StopReason | null = null;
}
