/**
 * The chunks one input file is cut into: `[start, stop)` in entries, in order. `entries` and
 * `target` are counts; no entries, no chunk. The size is ceil(entries / max(round(entries /
 * target), 1)), so it may exceed `target`; halves round to even as in Python. Newer coffea may
 * change the size within a file, so the rule explains a set of chunks and never judges it.
 * Source: coffea 0.7.23, FileMeta.chunks.
 */
export function chunkRule(entries: number, target: number): [number, number][] {
  const size = Math.ceil(entries / Math.max(roundHalfEven(entries / target), 1));
  const chunks: [number, number][] = [];
  for (let start = 0; start < entries; start += size) {
    chunks.push([start, Math.min(start + size, entries)]);
  }
  return chunks;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) {
    return Math.round(x);
  }
  return floor % 2 === 0 ? floor : floor + 1;
}
