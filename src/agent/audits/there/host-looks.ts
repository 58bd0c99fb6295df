import type { ChunkTable } from '../chunk-table';
import { codeInPlain } from '../in-plain';
import { faultOfEnds, faultOfSize, SHORTER } from '../tree/tail';
import { UnreadableChunk } from '../tree/tree';
import type { ILookOptions, LookAt } from '../tree/tree';
import type { HostFault, HostFiles, IHostEnds } from './host-files';

/**
 * Looks at the chunks of one variation on another host: all are asked for size and time where the
 * cache may know them, and only the others are opened. In columns, since there may be a million.
 */
export class HostLooks {
  constructor(
    private readonly _files: HostFiles,
    /** Path of the variation there. */
    private readonly _folder: string,
    private readonly _chunks: ChunkTable,
    private readonly _options: ILookOptions
  ) {
    this._sizes = new Float64Array(_chunks.length).fill(Number.NaN);
  }

  /** Puts all questions; what comes back has the answers. */
  async look(): Promise<LookAt> {
    const { names } = this._chunks;
    const rows = names.map((_name, row) => row);
    const { ask } = this._options;
    const toOpen = ask ? [] : rows.filter(row => this._chunks.isParquet(row));
    await this._stat(ask ? rows : rows.filter(row => !this._chunks.isParquet(row)), toOpen);
    await this._open(toOpen);
    return (_name, _isParquet, row) => {
      const fault = this._faults.get(row) ?? null;
      if (fault instanceof UnreadableChunk) {
        throw fault;
      }
      const size = this._sizes[row] ?? Number.NaN;
      return Number.isNaN(size) ? null : { size, fault };
    };
  }

  /** Adds to `toOpen` what the cache does not know. */
  private async _stat(rows: readonly number[], toOpen: number[]): Promise<void> {
    await this._files.stat(this._folder, this._names(rows), (i, said) => {
      const row = rows[i] ?? 0;
      if (!this._isThere(row, said)) {
        return;
      }
      const { size, mtimeMs } = said;
      const isKnown = this._options.cache?.has(this._key(row), size, mtimeMs) ?? false;
      if (this._chunks.isParquet(row) && !isKnown) {
        toOpen.push(row);
        return;
      }
      this._sizes[row] = size;
      if (!this._chunks.isParquet(row) && size === 0) {
        this._faults.set(row, 'is empty (0 bytes)');
      }
    });
  }

  private async _open(rows: readonly number[]): Promise<void> {
    await this._files.ends(this._folder, this._names(rows), (i, said) => {
      this._options.opened(1);
      const row = rows[i] ?? 0;
      if (!this._isThere(row, said)) {
        return;
      }
      this._sizes[row] = said.size;
      const fault = faultOf(said);
      if (fault === null) {
        this._options.cache?.add(this._key(row), said.size, said.mtimeMs);
      } else {
        this._faults.set(row, fault);
      }
    });
  }

  /** False for what is no chunk any more, and for what nobody may look at, which is kept. */
  private _isThere<T extends object>(row: number, said: T | HostFault): said is T {
    if (said === 'irregular') {
      return false;
    }
    if (!('code' in said)) {
      return true;
    }
    if (said.code !== 'ENOENT') {
      const path = `${this._folder}/${this._chunks.names[row] ?? ''}`;
      this._faults.set(row, new UnreadableChunk(path, codeInPlain(said.code)));
    }
    return false;
  }

  private _names(rows: readonly number[]): string[] {
    return rows.map(row => this._chunks.names[row] ?? '');
  }

  private _key(row: number): string {
    return `${this._chunks.variation}/${this._chunks.names[row] ?? ''}`;
  }

  /** NaN: no regular file. */
  private readonly _sizes: Float64Array;
  private readonly _faults = new Map<number, string | UnreadableChunk>();
}

function faultOf({ size, head, tail }: IHostEnds): string | null {
  const fault = faultOfSize(size);
  if (fault !== null) {
    return fault;
  }
  if (head.length < 4 || tail.length < 8) {
    return SHORTER;
  }
  return faultOfEnds(size, {
    head: head.readUInt32BE(0),
    footer: tail.readUInt32LE(0),
    tail: tail.readUInt32BE(4)
  });
}
