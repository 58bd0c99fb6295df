import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../../contract';
import type { Failure } from '../../contract';

/** Reads rows `[offset, offset + limit)` of a long list, and how long the list is. */
export type ReadPage<T> = (
  offset: number,
  limit: number
) => Promise<{ readonly total: number; readonly rows: readonly T[] }>;

interface IPage<T> {
  readonly rows: readonly T[];
  readonly age: number;
}

/**
 * A long list of which only pages near the view are held. Pages are asked for when they are seen,
 * two at a time, the latest wish first: who scrolls fast does not wait for what has passed by.
 */
export class Pages<T> implements IDisposable {
  constructor(
    private readonly _read: ReadPage<T>,
    private readonly _size = 200,
    private readonly _kept = 50
  ) {}

  /** Length of the list; null until it is known. */
  get total(): number | null {
    return this._total;
  }

  /** Why the last read failed. */
  get failure(): Failure | null {
    return this._failure;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** One row, where it is at hand. */
  row(index: number): T | undefined {
    return this._pages.get(Math.floor(index / this._size))?.rows[index % this._size];
  }

  /** Says which rows are seen; what is not at hand is read. */
  want(first: number, count: number): void {
    const from = Math.floor(Math.max(0, first) / this._size);
    const to = Math.floor(Math.max(0, first + count - 1) / this._size);
    this._wanted = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    this._next();
  }

  /** Another list from now on: what is held is forgotten. */
  restart(): void {
    this._pages.clear();
    this._total = null;
    this._wanted = this._wanted.slice(0, 1).map(() => 0);
    this.renew();
    this._changed.emit();
  }

  /** The list may have changed: rows stay in sight until they are read anew. */
  renew(): void {
    this._age += 1;
    this._failure = null;
    this._reading.clear();
    this._next();
  }

  /** The whole list, read from its beginning. */
  async all(size = 5000): Promise<T[]> {
    const rows: T[] = [];
    let total = 1;
    while (rows.length < total) {
      const page = await this._read(rows.length, size);
      total = page.rows.length === 0 ? 0 : page.total;
      rows.push(...page.rows);
    }
    return rows;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _next(): void {
    for (const page of this._wanted) {
      if (this._reading.size >= 2 || this._isDisposed || this._failure !== null) {
        return;
      }
      const known = this._pages.get(page)?.age === this._age;
      const beyond = this._total !== null && page > 0 && page * this._size >= this._total;
      if (!known && !beyond && !this._reading.has(page)) {
        void this._fetch(page);
      }
    }
  }

  private async _fetch(page: number): Promise<void> {
    const age = this._age;
    this._reading.add(page);
    try {
      const { total, rows } = await this._read(page * this._size, this._size);
      if (age === this._age) {
        this._total = total;
        this._keep(page, { rows, age });
      }
    } catch (error) {
      if (age === this._age) {
        this._failure = toFailure(error);
      }
    }
    if (age === this._age && !this._isDisposed) {
      this._reading.delete(page);
      this._next();
      this._changed.emit();
    }
  }

  private _keep(page: number, held: IPage<T>): void {
    this._pages.delete(page);
    this._pages.set(page, held);
    const oldest = this._pages.keys().next();
    if (this._pages.size > this._kept && !oldest.done) {
      this._pages.delete(oldest.value);
    }
  }

  private readonly _pages = new Map<number, IPage<T>>();
  private readonly _reading = new Set<number>();
  private readonly _changed = new Signal<this, void>(this);
  private _wanted: readonly number[] = [];
  private _total: number | null = null;
  private _failure: Failure | null = null;
  private _age = 0;
  private _isDisposed = false;
}
