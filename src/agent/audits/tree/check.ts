import type { ChunkTable } from '../chunk-table';
import { TailCache } from './tail-cache';
import type { ITree } from './tree';

/**
 * Looks at the chunks of some variations. Each parquet file is opened once and remembered by
 * path, size and mtime; a `.root` or `.txt` output is judged by its size. A chunk that vanished
 * since the listing, a folder of that name or a link to nothing is taken out. Throws `UnreadableChunk`.
 */
export async function checkChunks(
  tree: ITree,
  variations: readonly ChunkTable[],
  options: { cacheFolder: string; again: boolean; opened: (count: number) => void }
): Promise<void> {
  const cache = TailCache.load(TailCache.pathOf(options.cacheFolder, tree.key));
  const ask = !options.again && !cache.isEmpty;
  for (const table of variations) {
    table.inspect(await tree.looks(table, { cache, ask, opened: options.opened }));
  }
  cache.save();
}
