import type { ChunkTable } from './chunk-table';
import { holdsEmpty, measureRate, type IRate } from './empty';
import type { ITree } from './tree/tree';

/**
 * What row counts say of a dataset, read only where the comparison asks for it: it asks, is told
 * that nothing is known yet, goes on without, and is made again once `read` has read what it asked for.
 */
export class RowEvidence {
  constructor(
    private readonly _tree: ITree,
    private readonly _variations: readonly ChunkTable[]
  ) {}

  /** How much a variation selects; null: not known yet. */
  rate(variation: ChunkTable): IRate | null {
    const rate = this._rates.get(variation);
    if (!rate) {
      this._wanted.add(variation);
    }
    return rate ?? null;
  }

  /** Whether chunks with zero rows are written; null: not known yet. */
  writesEmpty(): boolean | null {
    this._isAsked = true;
    return this._writesEmpty;
  }

  /** Reads what was asked for and is not known; false where nothing was. */
  async read(): Promise<boolean> {
    const isNew = (this._isAsked && this._writesEmpty === null) || this._wanted.size > 0;
    if (this._isAsked) {
      this._writesEmpty ??= await this._findEmpty();
    }
    for (const variation of this._wanted) {
      this._rates.set(variation, await measureRate(this._tree, variation));
    }
    this._wanted.clear();
    return isNew;
  }

  private async _findEmpty(): Promise<boolean> {
    for (const variation of this._variations) {
      if (await holdsEmpty(this._tree, variation)) {
        return true;
      }
    }
    return false;
  }

  private readonly _rates = new Map<ChunkTable, IRate>();
  private readonly _wanted = new Set<ChunkTable>();
  private _writesEmpty: boolean | null = null;
  private _isAsked = false;
}
