/**
 * The places of a connection: OpenSSH's servers take ten sessions at once and refuse the others
 * (MaxSessions), so the ones above `width` wait here, first come, first served.
 */
export class Sessions {
  constructor(private _free = SESSIONS) {}

  /** Waits for a place; resolves with what gives it back, or null where the signal came before. */
  enter(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) {
      return Promise.resolve(null);
    }
    if (this._free > 0) {
      this._free--;
      return Promise.resolve(this._leaveOnce());
    }
    return new Promise(resolve => {
      const take = () => {
        signal.removeEventListener('abort', give);
        resolve(this._leaveOnce());
      };
      const give = () => {
        this._waiting.delete(take);
        resolve(null);
      };
      this._waiting.add(take);
      signal.addEventListener('abort', give, { once: true });
    });
  }

  private _leaveOnce(): () => void {
    let isOut = false;
    return () => {
      if (isOut) {
        return;
      }
      isOut = true;
      const [next] = this._waiting;
      if (next === undefined) {
        this._free++;
      } else {
        this._waiting.delete(next);
        next();
      }
    };
  }

  private readonly _waiting = new Set<() => void>();
}

/** At most so many commands of a connection at once; two are left for what ends and checks others. */
export const SESSIONS = 8;
