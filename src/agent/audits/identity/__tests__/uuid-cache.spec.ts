import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UuidCache } from '../uuid-cache';

const fresh = async () => join(await mkdtemp(join(tmpdir(), 'uuids-')), 'deep', 'uuids.tsv');

it('gives back what many writers kept, and writes nothing twice', async () => {
  const lfn = fc.stringMatching(/^\/store\/[\w./-]{1,30}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(lfn, fc.uuid()), { maxLength: 5 }), async batches => {
      const path = await fresh();
      const all = new Map(batches.flatMap(batch => Object.entries(batch)));
      await Promise.all(
        batches.map(batch =>
          new UuidCache(path).add(Object.keys(batch).map(key => [key, all.get(key) ?? '']))
        )
      );
      const reader = new UuidCache(path);
      for (const [key, uuid] of all) {
        expect(await reader.get(key)).toBe(uuid);
      }
      const before = await readFile(path, 'utf8').catch(() => '');
      await reader.add([...all]);
      expect(await readFile(path, 'utf8').catch(() => '')).toBe(before);
    }),
    { numRuns: 30 }
  );
});

it('ignores a torn line, and does not glue the next one to it', async () => {
  const [path, uuid] = [await fresh(), '0123abcd-0000-0000-0000-000000000000'];
  await new UuidCache(path).add([['/store/a', uuid]]);
  await appendFile(path, `/store/b\t${uuid}\n/store/torn\t0123`);
  const second = new UuidCache(path);
  expect(await second.get('/store/torn')).toBeUndefined();
  await second.add([['/store/c', uuid]]);
  const third = new UuidCache(path);
  const kept = await Promise.all(['a', 'b', 'c', 'torn'].map(name => third.get(`/store/${name}`)));
  expect(kept).toEqual([uuid, uuid, uuid, undefined]);
});

it('keeps no name that would break its lines, and bears a folder that cannot be written', async () => {
  const [path, uuid] = [await fresh(), '0123abcd-0000-0000-0000-000000000000'];
  const cache = new UuidCache(path);
  await cache.add([['/store/a\n/store/x', uuid]]);
  await expect(readFile(path)).rejects.toThrow('ENOENT');
  const nowhere = new UuidCache('/dev/null/none/uuids.tsv');
  await nowhere.add([['/store/a', uuid]]);
  expect(await nowhere.get('/store/a')).toBe(uuid);
});
