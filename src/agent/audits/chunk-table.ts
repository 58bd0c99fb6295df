/** One output file of one input file. */
export interface IChunk {
  readonly name: string;
  readonly start: number;
  readonly stop: number;
  readonly isParquet: boolean;
  /** Bytes; null while nobody looked. */
  readonly size: number | null;
  /** Why it is no sound file; null while nothing is known against it. */
  readonly fault: string | null;
}

/** More chunks of one file than this are judged the general way. */
const FEW = 32;

/**
 * The chunks of one variation in columns, linked by input file: a million of them fit into
 * memory, and the files that are plainly whole are told without making objects.
 */
export class ChunkTable {
  constructor(
    readonly variation: string,
    inputs: number
  ) {
    this._first = new Int32Array(inputs).fill(-1);
  }

  /** Chunks of all input files. */
  get length(): number {
    return this._names.length;
  }

  /** Regular, visible files that belong to no input file. */
  readonly foreign: string[] = [];

  add(input: number, name: string, start: number, stop: number, isParquet: boolean): void {
    const row = this._names.length;
    this._names.push(name);
    this._starts.push(start);
    this._stops.push(stop);
    this._parquet.push(isParquet);
    this._next.push(this._first[input] ?? -1);
    this._first[input] = row;
  }

  /** Names of all chunks, by row. */
  get names(): readonly string[] {
    return this._names;
  }

  isParquet(row: number): boolean {
    return this._parquet[row] ?? false;
  }

  has(input: number): boolean {
    return (this._first[input] ?? -1) >= 0;
  }

  /** The chunks of one input file, by their start; in an order that no listing decides. */
  of(input: number): IChunk[] {
    const chunks: IChunk[] = [];
    for (let row = this._first[input] ?? -1; row >= 0; row = this._next[row] ?? -1) {
      chunks.push(this._chunk(row));
    }
    return chunks.sort(
      (a, b) => a.start - b.start || a.stop - b.stop || (a.name < b.name ? -1 : 1)
    );
  }

  /** All chunks, file by file. */
  *all(): Generator<IChunk> {
    for (let row = 0; row < this._names.length; row += 1) {
      if (!this._gone.has(row)) {
        yield this._chunk(row);
      }
    }
  }

  /**
   * Whether the chunks of a file follow each other from 0 without hole, overlap or fault, up to
   * `events` where that is known.
   * @returns the last entry, or null: then only the general way can tell.
   */
  wholeUpTo(input: number, events: number | null): number | null {
    let count = 0;
    for (let row = this._first[input] ?? -1; row >= 0; row = this._next[row] ?? -1) {
      if (count === FEW || this._faults.has(row)) {
        return null;
      }
      // Insertion by start: a handful of chunks, in no order on the disk.
      const start = this._starts[row] ?? 0;
      let at = count;
      for (; at > 0 && (this._starts[this._few[at - 1] ?? 0] ?? 0) > start; at -= 1) {
        this._few[at] = this._few[at - 1] ?? 0;
      }
      this._few[at] = row;
      count += 1;
    }
    let end = 0;
    for (let i = 0; i < count; i += 1) {
      const row = this._few[i] ?? 0;
      if (this._starts[row] !== end) {
        return null;
      }
      end = this._stops[row] ?? 0;
    }
    return end > 0 && (events === null || events === end) ? end : null;
  }

  /** How many chunks a file has. */
  count(input: number): number {
    let count = 0;
    for (let row = this._first[input] ?? -1; row >= 0; row = this._next[row] ?? -1) {
      count += 1;
    }
    return count;
  }

  /**
   * Looks at each chunk once; `look` says its size and what is wrong with it, or null where it is
   * not there any more: then it is taken out.
   */
  inspect(
    look: (
      name: string,
      isParquet: boolean,
      row: number
    ) => { size: number; fault: string | null } | null
  ): void {
    this._sizes = new Float64Array(this._names.length);
    for (let row = 0; row < this._names.length; row += 1) {
      const seen = look(this._names[row] ?? '', this._parquet[row] ?? false, row);
      if (!seen) {
        this._gone.add(row);
      } else {
        this._sizes[row] = seen.size;
        if (seen.fault !== null) {
          this._faults.set(row, seen.fault);
        }
      }
    }
    if (this._gone.size > 0) {
      this._unlinkGone();
    }
  }

  private _chunk(row: number): IChunk {
    return {
      name: this._names[row] ?? '',
      start: this._starts[row] ?? 0,
      stop: this._stops[row] ?? 0,
      isParquet: this._parquet[row] ?? false,
      size: this._sizes?.[row] ?? null,
      fault: this._faults.get(row) ?? null
    };
  }

  private _unlinkGone(): void {
    const there = (row: number) => {
      let next = row;
      while (next >= 0 && this._gone.has(next)) {
        next = this._next[next] ?? -1;
      }
      return next;
    };
    this._first.forEach((row, input) => (this._first[input] = there(row)));
    this._next.forEach((row, at) => (this._next[at] = there(row)));
  }

  private readonly _first: Int32Array;
  private readonly _next: number[] = [];
  private readonly _names: string[] = [];
  private readonly _starts: number[] = [];
  private readonly _stops: number[] = [];
  private readonly _parquet: boolean[] = [];
  private readonly _faults = new Map<number, string>();
  private readonly _gone = new Set<number>();
  private readonly _few = new Int32Array(FEW);
  private _sizes: Float64Array | null = null;
}
