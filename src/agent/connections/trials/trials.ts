import { randomUUID } from 'node:crypto';
import { HepbatchError } from '../../../contract';
import type { ConnectionProfile, ConnectionTest } from '../../../contract';
import type { EventHub } from '../../events';
import { Trial } from './trial';
import type { ITrialOptions } from './trial';

/** How many trials that ended are remembered. */
const KEPT = 20;

/** The trials of profiles, those that run and the last that ended. */
export class Trials {
  constructor(private readonly _events: EventHub) {}

  get busy(): boolean {
    return this._running.size > 0;
  }

  /** Begins one, and answers at once. */
  start(profile: ConnectionProfile, options: Omit<ITrialOptions, 'changed'>): ConnectionTest {
    const id = randomUUID();
    const changed = (test: ConnectionTest) =>
      this._events.publish({ topic: 'connection-test', test });
    const trial = new Trial(id, profile, { ...options, changed });
    this._all.set(id, trial);
    const [oldest] = this._all.keys();
    if (this._all.size > KEPT && oldest !== undefined && !this._running.has(oldest)) {
      this._all.delete(oldest);
    }
    this._running.set(
      id,
      trial.run().finally(() => this._running.delete(id))
    );
    return trial.test;
  }

  /** Throws `not-found`. */
  read(id: string): ConnectionTest {
    return this._find(id).test;
  }

  /** Ends one, and what it opened. Throws `not-found`. */
  async cancel(id: string): Promise<ConnectionTest> {
    const trial = this._find(id);
    trial.cancel();
    await this._running.get(id);
    return trial.test;
  }

  /** Ends all. */
  async dispose(): Promise<void> {
    await Promise.all([...this._running.keys()].map(id => this.cancel(id)));
  }

  private _find(id: string): Trial {
    const trial = this._all.get(id);
    if (trial === undefined) {
      throw new HepbatchError('not-found', `There is no trial ${id}.`, { next: 'Test it again.' });
    }
    return trial;
  }

  private readonly _all = new Map<string, Trial>();
  private readonly _running = new Map<string, Promise<void>>();
}
