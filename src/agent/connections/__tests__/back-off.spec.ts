import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOffMs } from '../back-off';

it('doubles from two seconds to one minute', () => {
  const middle = [0, 1, 2, 3, 4, 5, 6, 50].map(tries => backOffMs(tries, 0.5) / 1000);
  expect(middle).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
});

it('strays by a fifth at most', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
      const ms = backOffMs(tries, random);
      const middle = backOffMs(tries, 0.5);
      return ms >= 0.8 * middle - 1 && ms <= 1.2 * middle + 1;
    })
  );
});
