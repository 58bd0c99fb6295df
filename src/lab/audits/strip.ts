import type { ChunkRow, EventRange } from '../../contract';

/**
 * What a piece of a file's events is. `hole`: no chunk; `covered`: one chunk, not known to be
 * whole; `beyond`: more events than expected.
 */
export type PieceKind = 'valid' | 'covered' | 'truncated' | 'overlap' | 'hole' | 'beyond';

/** A piece `[start, stop)` of the events of a file. */
export interface IPiece {
  readonly start: number;
  readonly stop: number;
  readonly kind: PieceKind;
  /** Names of the chunks that hold it. */
  readonly chunks: readonly string[];
}

/** The chunks of one variation, laid over the events of the file. */
export interface IStrip {
  readonly variation: string;
  readonly end: number;
  readonly pieces: readonly IPiece[];
  readonly chunks: readonly ChunkRow[];
}

/** One strip for each variation, nominal first; all of the same length. */
export function strips(chunks: readonly ChunkRow[], expected: number | null): IStrip[] {
  const byVariation = new Map<string, ChunkRow[]>([['nominal', []]]);
  for (const chunk of chunks) {
    const known = byVariation.get(chunk.variation);
    if (known === undefined) {
      byVariation.set(chunk.variation, [chunk]);
    } else {
      known.push(chunk);
    }
  }
  const end = chunks.reduce((most, { stop }) => Math.max(most, stop), expected ?? 0);
  return [...byVariation].map(([variation, rows]) => ({
    variation,
    end,
    pieces: pieces(rows, end, expected),
    chunks: rows
  }));
}

/** Cuts `[0, end)` where a chunk begins or stops, and says what each piece is. */
export function pieces(
  chunks: readonly ChunkRow[],
  end: number,
  expected: number | null
): IPiece[] {
  const cuts = new Set([0, end]);
  const changes = new Map<number, { begin: ChunkRow[]; finish: ChunkRow[] }>();
  const at = (event: number) => {
    const known = changes.get(event) ?? { begin: [], finish: [] };
    changes.set(event, known);
    cuts.add(event);
    return known;
  };
  for (const chunk of chunks.filter(({ start, stop }) => stop > start)) {
    at(chunk.start).begin.push(chunk);
    at(chunk.stop).finish.push(chunk);
  }
  if (expected !== null && expected > 0 && expected < end) {
    cuts.add(expected);
  }
  const sorted = [...cuts].filter(cut => cut <= end).sort((a, b) => a - b);
  const open = new Set<ChunkRow>();
  const found: IPiece[] = [];
  sorted.slice(0, -1).forEach((start, i) => {
    changes.get(start)?.finish.forEach(chunk => open.delete(chunk));
    changes.get(start)?.begin.forEach(chunk => open.add(chunk));
    const stop = sorted[i + 1] ?? end;
    found.push({
      start,
      stop,
      kind: kindOf([...open], start, expected),
      chunks: [...open].map(({ name }) => name)
    });
  });
  return found;
}

/** Absent ranges as parts of the whole, for a strip without its chunks. */
export function holes(
  missing: readonly EventRange[],
  expected: number | null,
  most = 40
): { readonly left: number; readonly width: number }[] {
  const end = missing.reduce((so, [, stop]) => Math.max(so, stop), expected ?? 0);
  if (end === 0) {
    return [];
  }
  return missing.slice(0, most).map(([start, stop]) => ({
    left: start / end,
    // A hole of one event in a million is still to be seen.
    width: Math.max((stop - start) / end, 0.015)
  }));
}

function kindOf(open: readonly ChunkRow[], start: number, expected: number | null): PieceKind {
  if (open.length === 0) {
    return 'hole';
  }
  if (open.some(({ valid }) => valid === false)) {
    return 'truncated';
  }
  if (open.length > 1) {
    return 'overlap';
  }
  if (expected !== null && start >= expected) {
    return 'beyond';
  }
  return open[0]?.valid === true ? 'valid' : 'covered';
}
