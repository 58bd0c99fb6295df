import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWords, reaches, subtract, unite, type Range } from '../ranges';

const EVENTS = 60;

const range = fc
  .tuple(fc.nat(EVENTS), fc.nat(EVENTS))
  .map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]);

/** How often each event is covered: the brute force the arithmetic is held against. */
function counts(ranges: readonly Range[]): number[] {
  const times = Array.from({ length: EVENTS }, () => 0);
  for (const [start, stop] of ranges) {
    for (let event = start; event < stop; event += 1) {
      times[event] = (times[event] ?? 0) + 1;
    }
  }
  return times;
}

const isThere = (ranges: readonly Range[]) => counts(ranges).map(times => times > 0);

describe('united ranges', () => {
  it('cover exactly the events of a bitmap, disjoint and in order', () => {
    fc.assert(
      fc.property(fc.array(range), ranges => {
        const { covered, total } = unite(ranges);
        expect(isThere(covered)).toEqual(isThere(ranges));
        expect(total).toBe(counts(ranges).reduce((sum, times) => sum + times, 0));
        covered.forEach(([start, stop], i) => {
          expect(start).toBeLessThan(stop);
          expect(start).toBeGreaterThan(covered[i - 1]?.[1] ?? -1);
        });
      })
    );
  });

  it('name an overlap exactly where an event counts twice, and only ranges that share one', () => {
    fc.assert(
      fc.property(fc.array(range), ranges => {
        const { overlapping } = unite(ranges);
        expect(overlapping.length > 0).toBe(counts(ranges).some(times => times > 1));
        for (const i of overlapping) {
          const [start, stop] = ranges[i] ?? [0, 0];
          const shared = counts(ranges)
            .slice(start, stop)
            .some(times => times > 1);
          expect(shared).toBe(true);
        }
      })
    );
  });
});

describe('what is absent', () => {
  it('is what a bitmap lacks, in order and joined', () => {
    fc.assert(
      fc.property(fc.array(range), fc.array(range), (a, b) => {
        const wanted = unite(a).covered;
        const { covered } = unite(b);
        const absent = subtract(wanted, covered);
        const there = isThere(covered);
        expect(isThere(absent)).toEqual(isThere(wanted).map((is, i) => is && !there[i]));
        expect(unite(absent).covered).toEqual(absent);
      })
    );
  });
});

it('tells whether events beyond the last are covered', () => {
  expect(reaches([[0, 100]], 100)).toBe(false);
  expect(reaches([[0, 101]], 100)).toBe(true);
  expect(reaches([], 0)).toBe(false);
});

it('says at most five ranges in words', () => {
  expect(inWords([[0, 1]])).toBe('0-1');
  const many = Array.from({ length: 7 }, (_, i): Range => [2 * i, 2 * i + 1]);
  expect(inWords(many)).toBe('0-1, 2-3, 4-5, 6-7, 8-9 and 2 more');
});
