import type { ChunkTable, IChunk } from './chunk-table';
import type { Range } from './ranges';
import type { ITree } from './tree/tree';

/** How many selected events a variation has per input event, from the chunks that are there. */
export interface IRate {
  readonly chunks: number;
  readonly rows: number;
  readonly events: number;
  /** Whether a chunk with zero rows exists: then empty chunks are written, and absent ones are not empty. */
  readonly writesEmpty: boolean;
}

/** Fewer chunks than this are no evidence. */
const CHUNKS_NEEDED = 10;

/** A range is called empty where the chance of no selected event is at least this. */
const CHANCE_NEEDED = 0.01;

/** Footers read of one variation, the smallest files first and as many spread over the rest. */
const FOOTERS_EACH = 1000;

/** Footers read of a variation that is only asked whether it writes empty chunks. */
const FOOTERS_GLANCE = 50;

/** Reads row counts of a variation; unreadable or truncated chunks are left out. */
export async function measureRate(tree: ITree, table: ChunkTable): Promise<IRate> {
  // An empty chunk is among the smallest; the rate needs chunks of all sizes.
  const bySize = soundBySize(table);
  const smallest = bySize.slice(0, FOOTERS_EACH);
  const rest = bySize.slice(FOOTERS_EACH);
  const step = Math.max(1, rest.length / FOOTERS_EACH);
  const spread = rest.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const read = [...smallest, ...spread];
  const rows = await rowsOf(tree, table, read);
  const counted = { chunks: 0, rows: 0, events: 0, writesEmpty: false };
  const weight = spread.length > 0 ? rest.length / spread.length : 1;
  for (const [i, { start, stop }] of read.entries()) {
    const count = rows[i] ?? null;
    if (count !== null) {
      const stands = i < smallest.length ? 1 : weight;
      counted.chunks += stop > start ? 1 : 0;
      counted.rows += count * stands;
      counted.events += (stop - start) * stands;
      counted.writesEmpty ||= count === 0;
    }
  }
  return counted;
}

/** Whether a variation holds a chunk with zero rows, by its smallest files. */
export async function holdsEmpty(tree: ITree, table: ChunkTable): Promise<boolean> {
  const smallest = soundBySize(table).slice(0, FOOTERS_GLANCE);
  return (await rowsOf(tree, table, smallest)).includes(0);
}

/**
 * Evidence that a range has no selected event, in words, or null where there is none.
 * Poisson: with `rate` selected events per input event, none is seen in `length` events with
 * the chance exp(-rate * length).
 */
export function emptyByRate(range: Range, rate: IRate): string | null {
  if (rate.writesEmpty || rate.chunks < CHUNKS_NEEDED || rate.events === 0) {
    return null;
  }
  const mean = (rate.rows / rate.events) * (range[1] - range[0]);
  const chance = Math.exp(-mean);
  if (chance < CHANCE_NEEDED) {
    return null;
  }
  const percent = (100 * chance).toPrecision(2);
  return (
    `${range[0]}-${range[1]} probably has no selected event: ${mean.toPrecision(2)} expected from ` +
    `the row counts of ${rate.chunks} other chunks, chance of none ${percent} %`
  );
}

/** By name where the size is the same: the order of a listing must not decide what is read. */
function soundBySize(table: ChunkTable): IChunk[] {
  return [...table.all()]
    .filter(chunk => chunk.isParquet && chunk.fault === null)
    .sort((a, b) => (a.size ?? 0) - (b.size ?? 0) || (a.name < b.name ? -1 : 1));
}

function rowsOf(tree: ITree, { variation }: ChunkTable, chunks: readonly IChunk[]) {
  return tree.rows(
    variation,
    chunks.map(({ name }) => name)
  );
}
