import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rangesOf } from '../ranges';

it('ranges hold each number once and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200)), numbers => {
      const back = rangesOf(numbers).flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at)
      );
      expect(back).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    })
  );
  expect(() => rangesOf([-1])).toThrow('no number of a job');
});
