/**
 * Waits for a server, but not for ever: time runs while it is silent and we wait for it, and stands
 * still while the user thinks and types.
 */
export class Patience {
  constructor(
    private readonly _ms: number,
    private readonly _over: () => void
  ) {
    this._wind();
  }

  /** Something was heard, or we have something else to do before we wait again. */
  renew(): void {
    if (this._pauses === 0 && !this._isDone) {
      this._wind();
    }
  }

  /** Does work during which nobody waits for the server. */
  async pauseFor<T>(work: () => Promise<T>): Promise<T> {
    this._pauses++;
    clearTimeout(this._timer);
    try {
      return await work();
    } finally {
      this._pauses--;
      this.renew();
    }
  }

  /** Waits no more. */
  dispose(): void {
    this._isDone = true;
    clearTimeout(this._timer);
  }

  private _wind(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(this._over, this._ms);
  }

  private _timer: NodeJS.Timeout | undefined;
  private _pauses = 0;
  private _isDone = false;
}
