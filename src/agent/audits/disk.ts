import { setImmediate as breathe } from 'node:timers/promises';
import { errnoOf } from '../errno';
import type { ChunkRow, RowCounts } from '../../contract';
import { parseChunkName } from './chunk-name';
import { listVariation, type IInputs } from './folder';
import { readFooter } from './footers';
import { readTail } from './tail';

/** At most so many names of chunks with a fault are told. */
const NAMES_TOLD = 100;

/** Footers read before other requests have their turn. */
const AT_ONCE = 20;

/** The chunks of one input file as they are on the disk now, opened each. */
export function chunksOf(folder: string, variations: readonly string[], id: string): ChunkRow[] {
  const inputs: IInputs = { count: 1, ids: new Map([[id, 0]]), isOther: () => true };
  return variations.flatMap(variation =>
    listVariation(folder, variation, inputs)
      .of(0)
      .map(({ name, start, stop, isParquet }): ChunkRow => {
        const tail = isParquet ? tailOf(`${folder}/${variation}/${name}`) : null;
        const valid = tail && tail.fault === null;
        return { variation, name, start, stop, size: tail?.size ?? null, valid };
      })
  );
}

/**
 * Reads the footers of all parquet chunks in a folder; others have their turn in between.
 * Source: HiggsDNA's merging divides weights by the sum of `sum_genw_presel`.
 */
export async function countRows(folder: string): Promise<RowCounts> {
  const counts: RowCounts = {
    chunks: 0,
    rows: 0,
    empty: 0,
    withSumGenw: 0,
    withoutSumGenw: [],
    unreadable: []
  };
  const every: IInputs = { count: 1, ids: new Map(), isOther: () => false };
  // Without an input every file is foreign: exactly the names are wanted here.
  const names = listVariation(folder, '.', every).foreign.filter(
    name => parseChunkName(name)?.suffix === 'parquet'
  );
  for (const [i, name] of names.entries()) {
    if (i % AT_ONCE === 0) {
      await breathe();
    }
    try {
      const { rows, hasSumGenw } = readFooter(`${folder}/${name}`);
      counts.chunks += 1;
      counts.rows += rows;
      counts.empty += rows === 0 ? 1 : 0;
      if (hasSumGenw) {
        counts.withSumGenw += 1;
      } else if (counts.withoutSumGenw.length < NAMES_TOLD) {
        counts.withoutSumGenw.push(name);
      }
    } catch {
      counts.unreadable.push(name); // told by name, which is all that can be said of it
    }
  }
  counts.unreadable.splice(NAMES_TOLD);
  return counts;
}

function tailOf(path: string): ReturnType<typeof readTail> {
  try {
    return readTail(path);
  } catch (error) {
    return { size: 0, mtimeMs: 0, fault: `cannot be read (${errnoOf(error) ?? 'unknown'})` };
  }
}
