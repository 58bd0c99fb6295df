import type { ChunkTable } from '../chunk-table';
import type { IFooter } from './footers';
import type { TailCache } from './tail-cache';

/** An entry of a folder as it was listed, nothing asked of it yet; its name is bytes, in latin1. */
export interface ITreeEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What looking at a chunk showed; null where there is no regular file any more. */
export type Look = { readonly size: number; readonly fault: string | null } | null;

/** Looks at one chunk of a table, by its name and its row. Throws `UnreadableChunk`. */
export type LookAt = (name: string, isParquet: boolean, row: number) => Look;

/** How chunks are looked at. */
export interface ILookOptions {
  /** Where chunks that are found sound are remembered. */
  readonly cache: TailCache | null;
  /** Whether chunks that it knows are believed. */
  readonly ask: boolean;
  /** Is told of chunks that were opened. */
  readonly opened: (count: number) => void;
}

/**
 * The outputs of one dataset, on this machine or on another host: the comparison cannot tell which.
 * Folders and files are named from the dataset's folder on; the empty path is that folder.
 */
export interface ITree {
  /**
   * Shows each entry of a folder that does not begin with a dot; false where there is no such
   * folder. An entry is good only while it is shown. Throws `UnreadableFolder`.
   */
  each(folder: string, show: (entry: ITreeEntry) => void): boolean;

  /** What a link that is shown leads to; one to nothing, or in a loop, leads to neither. */
  follow(folder: string, entry: ITreeEntry): 'file' | 'folder' | null;

  /** Names the dataset's folder in caches. */
  readonly key: string;

  /** Gets ready for looks at the chunks of a variation. */
  looks(chunks: ChunkTable, options: ILookOptions): Promise<LookAt>;

  /** The rows of parquet files in a folder, as their footers have them; null where one cannot be read. */
  rows(folder: string, names: readonly string[]): Promise<(number | null)[]>;

  /** All that their footers say that is of use here; null where one cannot be read. */
  footers(folder: string, names: readonly string[]): Promise<(IFooter | null)[]>;
}

/** Why a dataset cannot be answered: its outputs may be there. */
export class UnreadableTree extends Error {}

/** A folder that is there and cannot be listed: it is not known to be empty. */
export class UnreadableFolder extends UnreadableTree {
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`${path} cannot be listed: ${why}`, options);
  }
}

/** A chunk that is there and cannot be looked at. */
export class UnreadableChunk extends UnreadableTree {
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`${path} cannot be read: ${why}`, options);
  }
}
