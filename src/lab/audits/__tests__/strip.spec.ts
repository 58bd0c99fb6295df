// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChunkRow } from '../../../contract';
import { holes, pieces, strips } from '../strip';

const chunk = (start: number, stop: number, more: Partial<ChunkRow> = {}): ChunkRow => ({
  variation: 'nominal',
  name: `x_Events_${start}-${stop}.parquet`,
  start,
  stop,
  size: 100,
  valid: true,
  ...more
});

const chunks = fc.array(
  fc
    .record({ start: fc.nat(40), length: fc.nat(20), valid: fc.constantFrom(true, false, null) })
    .map(({ start, length, valid }) => chunk(start, start + length, { valid })),
  { maxLength: 8 }
);

it('agrees, event by event, with counting the chunks that hold it', () => {
  fc.assert(
    fc.property(chunks, fc.option(fc.nat(50)), (rows, expected) => {
      const end = Math.max(expected ?? 0, ...rows.map(({ stop }) => stop));
      const found = pieces(rows, end, expected);
      // The pieces are the whole file, in order, without gaps.
      expect(found.map(({ start }) => start)).toEqual(
        end === 0 ? [] : [0, ...found.slice(0, -1).map(({ stop }) => stop)]
      );
      expect(found.at(-1)?.stop ?? 0).toBe(end);
      for (const { start, stop, kind, chunks: names } of found) {
        for (let event = start; event < stop; event += 1) {
          const holding = rows.filter(row => row.start <= event && event < row.stop);
          const truth =
            holding.length === 0
              ? 'hole'
              : holding.some(({ valid }) => valid === false)
                ? 'truncated'
                : holding.length > 1
                  ? 'overlap'
                  : expected !== null && expected > 0 && event >= expected
                    ? 'beyond'
                    : expected === 0
                      ? 'beyond'
                      : holding[0]?.valid === true
                        ? 'valid'
                        : 'covered';
          expect(kind).toBe(truth);
          expect([...names].sort()).toEqual(holding.map(({ name }) => name).sort());
        }
      }
    })
  );
});

it('draws nominal first and every variation over the same length', () => {
  const found = strips(
    [
      chunk(0, 50, { variation: 'ScaleUp' }),
      chunk(0, 100),
      chunk(50, 120, { variation: 'ScaleUp' })
    ],
    110
  );
  expect(found.map(({ variation, end }) => [variation, end])).toEqual([
    ['nominal', 120],
    ['ScaleUp', 120]
  ]);
});

it('has a strip for nominal even where only a variation is there', () => {
  const [nominal] = strips([chunk(0, 10, { variation: 'ScaleUp' })], 10);
  expect(nominal?.pieces).toEqual([{ start: 0, stop: 10, kind: 'hole', chunks: [] }]);
});

it('has nothing to draw for a file without events', () => {
  expect(strips([chunk(0, 0)], 0)[0]?.pieces).toEqual([]);
});

it('keeps small holes visible and long lists short', () => {
  expect(holes([[5, 6]], 1_000_000)).toEqual([{ left: 0.000005, width: 0.015 }]);
  expect(holes([[0, 50]], 100)).toEqual([{ left: 0, width: 0.5 }]);
  expect(holes([[0, 50]], null)).toEqual([{ left: 0, width: 1 }]);
  expect(holes([], null)).toEqual([]);
  const many = Array.from({ length: 100 }, (_, i): [number, number] => [2 * i, 2 * i + 1]);
  expect(holes(many, 200)).toHaveLength(40);
});
