/** A clock that stands still until it is told to go on. */
export class Clock {
  /** The time now. */
  readonly now = (): Date => new Date(this._ms);

  /** Does something once, later. */
  readonly after = (ms: number, work: () => void): (() => void) => {
    const timer = { at: this._ms + ms, work };
    this._timers.add(timer);
    return () => this._timers.delete(timer);
  };

  /** How many timers run. */
  get waiting(): number {
    return this._timers.size;
  }

  /** In how many milliseconds the next timer is due; null where none runs. */
  get next(): number | null {
    return this.waiting === 0
      ? null
      : Math.min(...[...this._timers].map(({ at }) => at)) - this._ms;
  }

  /** Lets time pass, and all that is due happen, in order. */
  pass(ms: number): void {
    const end = this._ms + ms;
    for (;;) {
      const due = [...this._timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) {
        break;
      }
      this._ms = due.at;
      this._timers.delete(due);
      due.work();
    }
    this._ms = end;
  }

  private _ms = Date.parse('2026-11-25T12:00:00Z');
  private readonly _timers = new Set<{ at: number; work: () => void }>();
}
