import { HepbatchError } from '../../contract';
import type { IConnections } from '../connections/service';
import type { ILog } from '../log';
import type { Entry } from './entry';
import type { Schedulers } from './reach';
import { askTogether } from './watch/together';

/** What looking needs. */
export interface ILookoutWorld {
  readonly connections: Pick<IConnections, 'host'>;
  readonly schedulers: Schedulers;
  readonly now: () => Date;
  readonly log: ILog;
  readonly entries: () => readonly Entry[];
  /** Called after a look at one. */
  readonly looked: (entry: Entry) => Promise<void>;
  /** False: nobody would see it. */
  readonly isWanted: () => boolean;
}

/** How often logs are read. */
const LOOK_MS = 5_000;

/** A look that took long is followed by a rest that many times as long. */
const REST = 4;

/** Looks after all jobs that may change, connection by connection. */
export class Lookout {
  constructor(private readonly _world: ILookoutWorld) {
    this._timer = setInterval(() => this._tick(), LOOK_MS);
    this._timer.unref();
  }

  /** Waits until looks under way have ended. */
  async dispose(): Promise<void> {
    clearInterval(this._timer);
    this._stop.abort();
    await Promise.all(this._looking.values());
  }

  private _tick(): void {
    if (!this._world.isWanted()) {
      return;
    }
    const now = this._world.now().getTime();
    const open = this._world.entries().filter(isWatched);
    for (const connection of new Set(open.map(({ record }) => record.connection))) {
      if (this._looking.has(connection) || now < (this._rests.get(connection) ?? 0)) {
        continue;
      }
      const entries = open.filter(({ record }) => record.connection === connection);
      const looking = this._look(connection, entries).finally(() => {
        this._looking.delete(connection);
        const end = this._world.now().getTime();
        this._rests.set(connection, end + REST * (end - now) - LOOK_MS);
      });
      this._looking.set(connection, looking);
    }
  }

  /** One question to each queue, then the logs. */
  private async _look(connection: string, entries: readonly Entry[]): Promise<void> {
    const { signal } = this._stop;
    try {
      const host = await this._world.connections.host(connection);
      for (const together of groupsOf(entries)) {
        const [first] = together;
        if (first !== undefined) {
          const scheduler = await this._world.schedulers.of(first.record, host);
          const all = together.map(({ watch, known }) => ({ watch, known }));
          await askTogether(all, scheduler, this._world.now, signal);
        }
      }
    } catch (error) {
      if (!(error instanceof HepbatchError)) {
        throw error;
      } // each look says by itself why nothing can be seen
    }
    for (const entry of entries) {
      if (signal.aborted) {
        return;
      }
      await entry.watch.look(entry.known, signal, { queue: 'never' });
      await this._world.looked(entry);
    }
  }

  private readonly _timer: NodeJS.Timeout;
  private readonly _stop = new AbortController();
  private readonly _looking = new Map<string, Promise<void>>();
  private readonly _rests = new Map<string, number>();
}

/** Those that one question to the scheduler can tell of; local jobs are kept by their submission. */
function groupsOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { scheduler } = entry.record;
    const key = scheduler === 'local' ? entry.token : scheduler;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

function isWatched({ record, sent }: Entry): boolean {
  return record.endedAt === null && sent.some(({ state }) => state === 'submitted');
}
