import { mkdtemp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ClusterRecord, ClusterStore } from '../store';

const NOON = '2026-03-01T12:00:00.000Z';

const made = (id: string) =>
  ClusterRecord.parse({
    version: 1,
    id,
    name: 'mine',
    connection: 'lxplus',
    address: { kind: 'ssh', destination: 'lxplus' },
    backend: 'dask-lxplus',
    options: { workers: 2 },
    interpreter: { chosen: null, argv: ['python3'], versions: {} },
    folder: `/home/u/${id}`,
    host: 'lxplus901',
    phase: 'begun',
    stopping: false,
    startedAt: NOON,
    endedAt: null,
    failure: null
  });

async function fresh() {
  const state = await mkdtemp(join(tmpdir(), 'store-'));
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    warn: (it: string) => warnings.push(it),
    error: () => undefined
  };
  return { folder: join(state, 'clusters'), store: new ClusterStore(state, log), warnings };
}

it('keeps what it was given, for its owner alone, until it is removed', async () => {
  const { folder, store } = await fresh();
  expect(await store.load()).toEqual([]);
  await store.save(made('c-1'));
  await store.save(made('c-2'));
  await store.save({ ...made('c-1'), phase: 'up' });
  expect((await store.load()).map(({ id, phase }) => [id, phase]).sort()).toEqual([
    ['c-1', 'up'],
    ['c-2', 'begun']
  ]);
  expect(await readdir(folder)).toHaveLength(2); // nothing half written stays
  expect((await stat(join(folder, 'c-1.json'))).mode & 0o777).toBe(0o600);
  await store.remove('c-1');
  await store.remove('c-1');
  expect((await store.load()).map(({ id }) => id)).toEqual(['c-2']);
});

it('leaves what it cannot read where it is, and says so', async () => {
  const { folder, store, warnings } = await fresh();
  await store.save(made('c-1'));
  await writeFile(join(folder, 'c-2.json'), '{"version": 2}');
  await writeFile(join(folder, 'c-3.json'), '{"vers');
  await mkdir(join(folder, 'c-4'));
  expect((await store.load()).map(({ id }) => id)).toEqual(['c-1']);
  expect(warnings).toEqual([
    'record c-2.json of a cluster is left out',
    'record c-3.json of a cluster is left out'
  ]);
  expect((await readdir(folder)).sort()).toEqual(['c-1.json', 'c-2.json', 'c-3.json', 'c-4']);
});
