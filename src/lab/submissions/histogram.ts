/** Jobs counted by a value, in bins of the same width. */
export interface IHistogram {
  /** Where each bin begins. */
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly width: number;
}

/** Counts values in bins of a round width, from 0 to the greatest of them or of `limit`. */
export function histogram(
  values: readonly number[],
  limit: number | null,
  most = 40
): IHistogram | null {
  if (values.length === 0) {
    return null;
  }
  const top = values.reduce((so, value) => Math.max(so, value), limit ?? 0);
  const width = roundWidth(Math.max(top, 1) / most);
  const bins = Math.floor(top / width) + 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor(value / width);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { starts: counts.map((_, i) => i * width), counts, width };
}

/** The next of 1, 2, 5, 10, 20 ... */
function roundWidth(width: number): number {
  const ten = 10 ** Math.floor(Math.log10(width));
  return ten * ([1, 2, 5, 10].find(step => step * ten >= width) ?? 10);
}
