import { mkdir, mkdtemp, readFile, stat, writeFile, chmod, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ConnectionProfile } from '../../../../contract';
import { BUILT_IN } from '../built-in';
import { Profiles } from '../profiles';

const slurm = {
  id: 'site-slurm',
  title: 'Slurm of the institute',
  backend: 'vanilla-slurm',
  host: { kind: 'local' },
  limits: { jobs: 100, clusters: 2 }
};

/** Profiles of a home of their own, with an sbatch on PATH and nothing else. */
async function world() {
  const root = await mkdtemp(join(tmpdir(), 'profiles-'));
  const site = [join(root, 'weak'), join(root, 'strong')];
  const userFile = join(root, 'home/.jupyter/hepbatch/connections/user.json');
  const bin = join(root, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'sbatch'), '#!/bin/sh\n');
  await chmod(join(bin, 'sbatch'), 0o755);
  const profiles = new Profiles({ site, userFile }, { PATH: bin });
  const put = async (path: string, value: unknown) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  };
  const known = async (id: string) => (await profiles.load()).known.get(id);
  return { root, weak: site[0] ?? '', strong: site[1] ?? '', userFile, profiles, put, known };
}
const profileOf = (more: object) => ConnectionProfile.parse({ ...slurm, ...more });

it('has profiles of its own, each usable where its program is', async () => {
  const { profiles } = await world();
  const { known, problems } = await profiles.load();
  expect([...known.keys()]).toEqual(BUILT_IN.map(({ id }) => id));
  expect(problems).toEqual([]);
  const unusable = [...known].flatMap(([id, { unusable }]) =>
    unusable ? `${id}: ${unusable}` : []
  );
  expect(unusable).toEqual(
    ['dask-htcondor', 'vanilla-htcondor', 'dask-lxplus', 'vanilla-lxplus'].map(
      id => `${id}: condor_submit is not on PATH`
    )
  );
  BUILT_IN.forEach(profile => expect(ConnectionProfile.parse(profile)).toEqual(profile));
});

it('lets a later file override an earlier one by id, and a file hide what is built in', async () => {
  const { weak, strong, userFile, put, profiles, known } = await world();
  await put(join(weak, 'a.json'), { version: 1, profiles: [slurm], hide: ['dask-lxplus', 'nix'] });
  expect(await known('site-slurm')).toMatchObject({
    origin: 'site',
    file: join(weak, 'a.json'),
    profile: { title: 'Slurm of the institute' },
    unusable: null
  });
  expect(await known('dask-lxplus')).toBeUndefined();
  await put(join(strong, 'a.json'), { version: 1, profiles: [{ ...slurm, title: 'newer' }] });
  expect(await known('site-slurm')).toMatchObject({ profile: { title: 'newer' } });
  const mine = { ...slurm, title: 'mine', limits: { jobs: 500, workers: 3, clusters: 1 } };
  await put(userFile, { version: 1, profiles: [mine, { ...mine, id: 'dask-local' }] });
  // The limits of the site hold for what a user makes of its profile.
  expect(await known('site-slurm')).toMatchObject({
    origin: 'user',
    profile: { title: 'mine', limits: { jobs: 100, workers: 3, clusters: 1 } }
  });
  expect(await known('dask-local')).toMatchObject({ origin: 'user' });
  expect((await profiles.load()).problems).toEqual([]);
});

it('tells of a broken file and uses the others, and sees when it is mended', async () => {
  const { weak, put, profiles } = await world();
  const path = join(weak, 'broken.json');
  await put(path, '{');
  await put(join(weak, 'fine.json'), { version: 1, profiles: [slurm] });
  await put(join(weak, '.hidden.json'), '{');
  await mkdir(join(weak, 'folder.json'));
  const { known, problems } = await profiles.load();
  expect(known.has('site-slurm')).toBe(true);
  expect(problems.map(({ file }) => file)).toEqual([path, join(weak, 'folder.json')]);
  await put(path, { version: 1, profiles: [{ ...slurm, id: 'mended' }] });
  expect((await profiles.load()).known.has('mended')).toBe(true);
});

it('reads a file again only when it changed', async () => {
  const { weak, put, known } = await world();
  const path = join(weak, 'a.json');
  await put(path, { version: 1, profiles: [slurm] });
  await utimes(path, 1, 1);
  expect(await known('site-slurm')).toBeDefined();
  // The same size at the same time: not told from the old one, so not read.
  await put(path, JSON.stringify({ version: 1, profiles: [slurm] }).replace('site-', 'SITE-'));
  await utimes(path, 1, 1);
  expect(await known('site-slurm')).toBeDefined();
  await utimes(path, 2, 2);
  expect(await known('site-slurm')).toBeUndefined();
});

it('keeps the profiles of the user, readable by him alone', async () => {
  const { profiles, userFile, known } = await world();
  await profiles.own.save(profileOf({ id: 'mine' }), null);
  expect((await stat(userFile)).mode & 0o777).toBe(0o600);
  expect(await known('mine')).toMatchObject({ origin: 'user', file: userFile });
  await expect(profiles.own.save(profileOf({ id: 'mine' }), null)).rejects.toMatchObject({
    code: 'conflict'
  });
  await profiles.own.save(profileOf({ id: 'ours', title: 'new' }), 'mine');
  expect(await known('mine')).toBeUndefined();
  expect(await known('ours')).toMatchObject({ profile: { title: 'new' } });
  await profiles.own.remove('ours');
  expect(await known('ours')).toBeUndefined();
  await expect(profiles.own.remove('ours')).rejects.toMatchObject({ code: 'not-found' });
});

it('leaves what it does not know in the file of the user', async () => {
  const { profiles, userFile, put } = await world();
  const mine = { ...slurm, id: 'mine', colour: 'blue', host: { kind: 'local' } };
  await put(userFile, {
    version: 1,
    later: { a: 1 },
    profiles: [mine, 'odd', { ...mine, id: 'b' }]
  });
  await profiles.own.save(profileOf({ id: 'mine', title: 'new' }), 'mine');
  await profiles.own.remove('b');
  const kept = JSON.parse(await readFile(userFile, 'utf8')) as unknown;
  expect(kept).toEqual({
    version: 1,
    later: { a: 1 },
    profiles: [{ ...profileOf({ id: 'mine', title: 'new' }), colour: 'blue' }, 'odd']
  });
  expect((await stat(userFile)).mode & 0o777).toBe(0o600);
});

it('touches no file that it cannot read', async () => {
  const { profiles, userFile, put } = await world();
  for (const text of ['{', '[]', '{"profiles": 3}']) {
    await put(userFile, text);
    await expect(profiles.own.save(profileOf({ id: 'x' }), null)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(userFile) as string
    });
    expect(await readFile(userFile, 'utf8')).toBe(text);
  }
});

it('loses none of many profiles that are saved at one time', async () => {
  const { profiles } = await world();
  const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);
  await Promise.all(ids.map(id => profiles.own.save(profileOf({ id }), null)));
  const { known } = await profiles.load();
  expect(ids.filter(id => !known.has(id))).toEqual([]);
});
