import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TailCache } from '../tail-cache';

const fresh = () => TailCache.pathOf(mkdtempSync(join(tmpdir(), 'hepbatch-tails-')), '/out/GJet');

it('remembers exactly what was added: name, size and time', () => {
  const file = fc.record({
    name: fc.string(),
    size: fc.nat(),
    mtimeMs: fc.integer({ min: 0, max: 2e12 })
  });
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: ({ name }) => name, minLength: 1 }), files => {
      const path = fresh();
      const first = TailCache.load(path);
      files.forEach(({ name, size, mtimeMs }) => first.add(name, size, mtimeMs));
      first.save();
      const again = TailCache.load(path);
      for (const { name, size, mtimeMs } of files) {
        expect(again.has(name, size, mtimeMs)).toBe(true);
        expect(again.has(name, size + 1, mtimeMs)).toBe(false);
        expect(again.has(name, size, mtimeMs + 1)).toBe(false);
        expect(again.has(`${name}x`, size, mtimeMs)).toBe(false);
      }
    }),
    { numRuns: 50 }
  );
});

it('tells 100,000 names apart', () => {
  const path = fresh();
  const cache = TailCache.load(path);
  for (let i = 0; i < 100_000; i += 1) {
    cache.add(`nominal/f_Events_${i}-${i + 1}.parquet`, 1000, 1.7e12);
  }
  cache.save();
  const again = TailCache.load(path);
  for (let i = 0; i < 100_000; i += 1) {
    expect(again.has(`nominal/f_Events_${i}-${i + 1}.parquet`, 1000, 1.7e12)).toBe(true);
    expect(again.has(`nominal/g_Events_${i}-${i + 1}.parquet`, 1000, 1.7e12)).toBe(false);
  }
});

it('forgets what an audit did not see', () => {
  const path = fresh();
  const first = TailCache.load(path);
  first.add('a', 1, 1);
  first.add('b', 1, 1);
  first.save();
  const second = TailCache.load(path);
  expect(second.has('a', 1, 1)).toBe(true);
  second.save();
  expect(TailCache.load(path).has('b', 1, 1)).toBe(false);
  expect(TailCache.load(path).has('a', 1, 1)).toBe(true);
});

it.each([Buffer.alloc(0), Buffer.from('x'), Buffer.from('12345678abc')])(
  'takes a damaged file for an empty memory',
  bytes => {
    const path = fresh();
    const first = TailCache.load(path);
    first.add('a', 1, 1);
    first.save();
    writeFileSync(path, bytes);
    expect(TailCache.load(path).isEmpty).toBe(true);
  }
);

it('loses only time where it cannot be written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hepbatch-tails-'));
  writeFileSync(join(folder, 'tails'), 'a file where the folder should be');
  const cache = TailCache.load(TailCache.pathOf(folder, '/out/GJet'));
  cache.add('a', 1, 1);
  cache.save();
  expect(readdirSync(folder)).toEqual(['tails']);
});
