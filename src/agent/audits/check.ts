import { realpathSync, statSync } from 'node:fs';
import type { ChunkTable } from './chunk-table';
import { errnoOf } from '../errno';
import { inPlain } from './folder';
import { readTail } from './tail';
import { TailCache } from './tail-cache';

/** A chunk that is there and cannot be looked at: its dataset cannot be answered. */
export class UnreadableChunk extends Error {}

/**
 * Looks at the chunks of some variations. Each parquet file is opened once and remembered by
 * path, size and mtime; a `.root` or `.txt` output is judged by its size. A chunk that vanished
 * since the listing, a folder of that name or a link to nothing is taken out. Throws `UnreadableChunk`.
 */
export function checkChunks(
  folder: string,
  variations: readonly ChunkTable[],
  options: { cacheFolder: string; again: boolean; opened: (count: number) => void }
): void {
  const cache = TailCache.load(TailCache.pathOf(options.cacheFolder, realpathSync(folder)));
  const ask = !options.again && !cache.isEmpty;
  for (const table of variations) {
    table.inspect((name, isParquet) => {
      const key = `${table.variation}/${name}`;
      try {
        return look(`${folder}/${key}`, key, isParquet, cache, ask, options.opened);
      } catch (cause) {
        if (errnoOf(cause) === 'ENOENT') {
          return null;
        }
        throw new UnreadableChunk(`${folder}/${key} cannot be read: ${inPlain(cause)}`, { cause });
      }
    });
  }
  cache.save();
}

function look(
  path: string,
  key: string,
  isParquet: boolean,
  cache: TailCache,
  ask: boolean,
  opened: (count: number) => void
): { size: number; fault: string | null } | null {
  if (ask || !isParquet) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      return null;
    }
    if (!isParquet) {
      return { size: stat.size, fault: stat.size === 0 ? 'is empty (0 bytes)' : null };
    }
    if (cache.has(key, stat.size, stat.mtimeMs)) {
      return { size: stat.size, fault: null };
    }
  }
  const tail = readTail(path);
  opened(1);
  if (!tail) {
    return null;
  }
  const { size, mtimeMs, fault } = tail;
  if (fault === null) {
    cache.add(key, size, mtimeMs);
  }
  return { size, fault };
}
