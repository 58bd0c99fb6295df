import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { HepbatchError, toFailure } from '../../../contract';
import type { Dashboard } from '../../../contract';
import { nameTarget } from '../../connections/hosts/local-stream';
import type { After } from '../../idle';
import { lookAt } from './pages';
import type { IDashboardSource } from './source';
import { Way } from './way';

/** What an entry is handed; `changed` is told each time it stands differently. */
export interface IEntryWorld {
  readonly now: () => Date;
  readonly after: After;
  readonly changed: (dashboard: Dashboard) => void;
}

type Standing = Pick<Dashboard, 'state' | 'reason' | 'pages'>;

/** How long until one that is away is looked for again, in milliseconds; the last for ever. */
const AGAIN_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** One registered dashboard: the way to it, and how it stands with it. */
export class Entry {
  constructor(
    readonly source: IDashboardSource,
    private readonly _world: IEntryWorld
  ) {
    this.way = new Way(source);
  }

  readonly way: Way;

  /** What the Jupyter server calls it; another one each time that it is registered. */
  readonly ticket = randomBytes(24).toString('base64url');

  /** Comes when it is forgotten: nothing of it is shown from then on. */
  get signal(): AbortSignal {
    return this._gone.signal;
  }

  describe(): Dashboard {
    const { id, title, kind, origin, of, connection, target } = this.source;
    const address = nameTarget(target);
    const checkedAt = this._checkedAt;
    return { id, title, kind, origin, of, connection, address, checkedAt, ...this._standing };
  }

  /** Looks at it; those who ask at one time share the look. Never rejects. */
  look(): Promise<void> {
    this._looking ??= this._look().finally(() => (this._looking = null));
    return this._looking;
  }

  /** Somebody could not reach it, and `error` says why. */
  missed(error: unknown): void {
    this._set(away(error, this._standing));
    if (this._looking === null && !this._isWaiting) {
      this._again();
    }
  }

  /** Somebody reached it; if that is news it is looked at. */
  reached(): void {
    if (this._standing.state !== 'up') {
      void this.look();
    }
  }

  dispose(): void {
    this._gone.abort();
    this._callOff();
  }

  private async _look(): Promise<void> {
    this._callOff();
    this._isWaiting = false;
    let next: Standing;
    try {
      const pages = await lookAt(this.way, this.source.kind, this._gone.signal);
      next = { state: 'up', reason: null, pages };
    } catch (error) {
      next = away(error, this._standing);
    }
    this._checkedAt = this._world.now().toISOString();
    this._set(next);
    if (next.state === 'up') {
      this._tries = 0;
    } else if (!this._gone.signal.aborted) {
      this._again();
    }
  }

  private _again(): void {
    const ms = AGAIN_MS[Math.min(this._tries, AGAIN_MS.length - 1)] ?? 30_000;
    this._tries += 1;
    this._isWaiting = true;
    this._callOff = this._world.after(ms, () => void this.look());
  }

  private _set(next: Standing): void {
    const isNew = !isDeepStrictEqual(next, this._standing);
    this._standing = next;
    if (isNew && !this._gone.signal.aborted) {
      this._world.changed(this.describe());
    }
  }

  private readonly _gone = new AbortController();
  private _standing: Standing = { state: 'unknown', reason: null, pages: [] };
  private _checkedAt: string | null = null;
  private _looking: Promise<void> | null = null;
  private _tries = 0;
  private _isWaiting = false;
  private _callOff: () => void = () => undefined;
}

/** One that thinks for long is not away: nobody knows. */
function away(error: unknown, before: Standing): Standing {
  const isLate = error instanceof HepbatchError && error.code === 'timed-out';
  const state = isLate ? 'unknown' : 'away';
  return { state, reason: toFailure(error).message, pages: before.pages };
}
