import { setImmediate as breathe } from 'node:timers/promises';
import type { ChunkRow, RowCounts } from '../../contract';
import { lanes } from '../lanes';
import { parseChunkName } from './chunk-name';
import { listVariation, type IInputs } from './tree/folder';
import { UnreadableChunk, type ITree, type Look } from './tree/tree';

/** At most so many names of chunks with a fault are told. */
const NAMES_TOLD = 100;

/** Footers read before other requests have their turn. */
const AT_ONCE = 20;

/** Such handfuls under way at once, where another host reads them. */
const HANDFULS = 8;

/** The chunks of one input file as they are on the disk now, opened each. */
export async function chunksOf(
  tree: ITree,
  variations: readonly string[],
  id: string
): Promise<ChunkRow[]> {
  const inputs: IInputs = { count: 1, ids: new Map([[id, 0]]), isOther: () => true };
  const rows = variations.map(async variation => {
    const table = listVariation(tree, variation, inputs);
    const look = await tree.looks(table, { cache: null, ask: false, opened: () => undefined });
    table.inspect((...chunk) => lookOrFault(() => look(...chunk)));
    return table.of(0).map(({ name, start, stop, isParquet, size, fault }): ChunkRow => {
      const seen = isParquet ? { size, valid: fault === null } : { size: null, valid: null };
      return { variation, name, start, stop, ...seen };
    });
  });
  return (await Promise.all(rows)).flat();
}

/**
 * Reads the footers of all parquet chunks in a folder; others have their turn in between.
 * Source: HiggsDNA's merging divides weights by the sum of `sum_genw_presel`.
 */
export async function countRows(tree: ITree, folder: string): Promise<RowCounts> {
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
  const names = listVariation(tree, folder, every).foreign.filter(
    name => parseChunkName(name)?.suffix === 'parquet'
  );
  await lanes(Math.ceil(names.length / AT_ONCE), HANDFULS, async handful => {
    const some = names.slice(handful * AT_ONCE, (handful + 1) * AT_ONCE);
    await breathe();
    for (const [i, footer] of (await tree.footers(folder, some)).entries()) {
      const name = some[i] ?? '';
      if (footer === null) {
        counts.unreadable.push(name);
        continue;
      }
      counts.chunks += 1;
      counts.rows += footer.rows;
      counts.empty += footer.rows === 0 ? 1 : 0;
      if (footer.hasSumGenw) {
        counts.withSumGenw += 1;
      } else {
        counts.withoutSumGenw.push(name);
      }
    }
  });
  const told = (all: string[]) => all.sort().slice(0, NAMES_TOLD);
  return {
    ...counts,
    withoutSumGenw: told(counts.withoutSumGenw),
    unreadable: told(counts.unreadable)
  };
}

function lookOrFault(look: () => Look): Look {
  try {
    return look();
  } catch (error) {
    if (error instanceof UnreadableChunk) {
      return { size: 0, fault: error.message };
    }
    throw error;
  }
}
