import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readKept, writeKept } from '../keep';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keep-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('nothing was kept at first', async () => {
  expect(await readKept(folder)).toBe(null);
});

it('what is kept is read as it was', async () => {
  const text = fc.option(fc.string());
  const number = fc.option(fc.nat());
  const row = fc.record({
    state: fc.constantFrom('pending', 'held', 'failed', 'unknown'),
    said: fc.string(),
    hold: fc.option(fc.record({ code: number, subcode: number, reason: fc.string() })),
    ...{ reason: text, node: text, error: text, exitCode: number, exitSignal: number },
    ...{ wallSeconds: number, memoryMb: number, requestedMemoryMb: number, starts: number },
    ...{ since: number, isUnwanted: fc.boolean(), revision: fc.nat() }
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 5 }), async rows => {
      const kept = {
        revision: 7,
        seenAt: '2026-11-26T00:00:00.000Z',
        logs: new Map([['a.log', { bytes: 3, changed: '1.5', place: null }]]),
        clusters: [{ name: 'AN', id: '5', rows: rows.map((one, proc) => ({ ...one, proc })) }]
      };
      await writeKept(folder, kept);
      expect(await readKept(folder)).toMatchObject(kept);
    }),
    { numRuns: 30 }
  );
});
