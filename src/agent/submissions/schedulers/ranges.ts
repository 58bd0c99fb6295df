/** Numbers of jobs as ranges, which commands take shorter: pure. */
import { HepbatchError } from '../../../contract';

/** Numbers as the fewest ranges `[first, last]`, in order. Throws `bad-request` for what is no count. */
export function rangesOf(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    if (!Number.isSafeInteger(number) || number < 0) {
      const next = 'Choose jobs of a submission.';
      throw new HepbatchError('bad-request', `${number} is no number of a job`, { next });
    }
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) {
      last[1] = number;
    } else {
      ranges.push([number, number]);
    }
  }
  return ranges;
}
