/** Entries `[start, stop)`. */
export type Range = readonly [start: number, stop: number];

/** What a set of ranges covers, and where it counts an entry twice. */
export interface ICoverage {
  /** Disjoint, in order, neighbours joined. */
  readonly covered: Range[];
  /** Indices, into the ranges as given, of those that share an entry with another. */
  readonly overlapping: number[];
  /** Sum of the lengths of all ranges: entries that are there twice count twice. */
  readonly total: number;
}

/** Unites ranges; empty ones count for nothing. */
export function unite(ranges: readonly Range[]): ICoverage {
  const order = ranges.map((_, i) => i).filter(i => lengthOf(ranges[i]) > 0);
  order.sort((a, b) => startOf(ranges[a]) - startOf(ranges[b]));
  const covered: [number, number][] = [];
  const overlapping = new Set<number>();
  let total = 0;
  let furthest = -1;
  for (const i of order) {
    const [start, stop] = ranges[i] ?? [0, 0];
    total += stop - start;
    const last = covered.at(-1);
    if (!last || start > last[1]) {
      covered.push([start, stop]);
      furthest = i;
      continue;
    }
    if (start < last[1]) {
      overlapping.add(i).add(furthest);
    }
    if (stop > last[1]) {
      last[1] = stop;
      furthest = i;
    }
  }
  return { covered, overlapping: [...overlapping].sort((a, b) => a - b), total };
}

/** The parts of `wanted` that `covered` lacks; both disjoint and in order, as is the result. */
export function subtract(wanted: readonly Range[], covered: readonly Range[]): Range[] {
  const absent: Range[] = [];
  let at = 0;
  for (const [from, to] of wanted) {
    let start = from;
    while (at < covered.length && (covered[at]?.[1] ?? 0) <= start) {
      at += 1;
    }
    for (let i = at; start < to; i += 1) {
      const [next, end] = covered[i] ?? [to, to];
      if (next > start) {
        absent.push([start, Math.min(next, to)]);
      }
      start = Math.max(start, end);
    }
  }
  return absent;
}

/** Whether entries from `limit` on are covered. */
export function reaches(covered: readonly Range[], limit: number): boolean {
  return (covered.at(-1)?.[1] ?? 0) > limit;
}

/** Ranges as a person reads them: `0-100, 200-300`, at most five of them. */
export function inWords(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, 5).map(([start, stop]) => `${start}-${stop}`);
  const rest = ranges.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function startOf(range: Range | undefined): number {
  return range ? range[0] : 0;
}

function lengthOf(range: Range | undefined): number {
  return range ? range[1] - range[0] : 0;
}
