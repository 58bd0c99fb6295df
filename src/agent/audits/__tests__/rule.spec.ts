import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as z from 'zod';
import { expect, it } from 'vitest';
import { chunkRule } from '../rule';

/** Made by testbed/capture-coffea with the coffea that the file names. */
const golden = z
  .object({
    coffea: z.string(),
    cases: z.array(
      z.object({
        entries: z.int(),
        target: z.int(),
        chunks: z.array(z.tuple([z.int(), z.int()]))
      })
    )
  })
  .parse(JSON.parse(readFileSync(new URL('data/coffea-chunks.json', import.meta.url), 'utf8')));

it(`cuts as coffea ${golden.coffea} does, but for a file without entries`, () => {
  expect(golden.cases.length).toBeGreaterThan(100);
  for (const { entries, target, chunks } of golden.cases) {
    // Newer coffea gives one chunk 0-0 for a file without entries, 0.7 gave none.
    expect(chunkRule(entries, target)).toEqual(entries === 0 ? [] : chunks);
  }
});

it.each([
  [1_200_000, 500_000, [600_000, 600_000]],
  [1_250_000, 500_000, [625_000, 625_000]],
  [1_750_000, 500_000, [437_500, 437_500, 437_500, 437_500]],
  [200_000, 500_000, [200_000]],
  [0, 500_000, []]
])('cuts %i entries with target %i as the field tells it', (entries, target, lengths) => {
  expect(chunkRule(entries, target).map(([start, stop]) => stop - start)).toEqual(lengths);
});

it('covers each entry once', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 100, max: 5000 }), (entries, target) => {
      let end = 0;
      for (const [start, stop] of chunkRule(entries, target)) {
        expect(start).toBe(end);
        expect(stop).toBeGreaterThan(start);
        end = stop;
      }
      expect(end).toBe(entries);
    })
  );
});
