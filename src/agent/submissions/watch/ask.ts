/** When the queue is asked, and for which clusters: pure. */
import type { SubmissionScheduler } from '../plan';

/** Local jobs tell of themselves; a batch system is shared by everybody. */
const EVERY_MS: Readonly<Record<SubmissionScheduler, number>> = {
  htcondor: 60_000,
  slurm: 60_000,
  local: 4000
};

/** The longest time between two questions, however slow the answers are. */
const LONGEST_MS = 10 * 60_000;

/** An answer may take this part of the time between two questions. */
const SHARE = 10;

/** When a queue may be asked again: later where it is slow, later still where it does not answer. */
export class Turns {
  constructor(private readonly _scheduler: SubmissionScheduler) {}

  /** @param now - in milliseconds */
  isDue(now: number): boolean {
    return now >= this._nextAt;
  }

  answered(askedAt: number, now: number): void {
    this._failures = 0;
    this._nextAt = askedAt + this._wait(SHARE * (now - askedAt));
  }

  failed(askedAt: number, now: number): void {
    this._failures += 1;
    const base = EVERY_MS[this._scheduler] * 2 ** Math.min(this._failures - 1, 10);
    this._nextAt = now + this._wait(Math.max(base, SHARE * (now - askedAt)));
  }

  private _wait(wanted: number): number {
    return Math.min(LONGEST_MS, Math.max(EVERY_MS[this._scheduler], wanted));
  }

  private _nextAt = -Infinity;
  private _failures = 0;
}

/** So often a cluster is asked for that nobody knows, before it is asked for rarely only. */
const SOON = 3;
const RARELY = 10;

/** Which clusters that are gone from queue and history are asked for once more. */
export class Lost {
  /** Whether it is their turn; counts the turns. */
  isAsked(name: string): boolean {
    const turns = this._turns.get(name) ?? 0;
    return turns < SOON || turns % RARELY === 0;
  }

  /** `isLost`: nothing is known of any job that is not over. */
  note(name: string, isLost: boolean): void {
    if (isLost) {
      this._turns.set(name, (this._turns.get(name) ?? 0) + 1);
    } else {
      this._turns.delete(name);
    }
  }

  private readonly _turns = new Map<string, number>();
}
