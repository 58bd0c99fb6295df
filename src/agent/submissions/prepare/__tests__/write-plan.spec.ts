/** Plans on a real disk, and what keeps them from getting there whole. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { toFailure } from '../../../../contract';
import type { IHostRunOptions } from '../../../connections/hosts/host';
import { LocalHost } from '../../../connections/hosts/local';
import { archive } from '../archive';
import type { IChanges } from './planned';
import { newFolder, plan, runByHand } from './planned';
import { writePlan } from '../write-plan';

const host = () => new LocalHost({ env: { PATH: '/usr/bin:/bin' }, home: '/' });
const go = new AbortController().signal;
const in_ = (folder: string, changes: IChanges = {}) =>
  plan({ backend: 'vanilla-local', ...changes, request: { folder, ...changes.request } });

it('writes every file as it was planned, and no other', async () => {
  const base = await newFolder("it's $(here)");
  const long = 'x'.repeat(80);
  const samples = { [long]: ['/data/é.root'], 'ü/Ü': ['/b.root'] };
  const made = in_(base, { samples, request: { program: ['/bin/echo', 'é'] } });
  await writePlan(host(), made, go);
  for (const { path, text, isProgram } of made.files) {
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await stat(path)).mode & 0o111).toBe(isProgram ? 0o111 : 0);
  }
  const there = await Promise.all(
    ['inputs', 'jobs'].map(name => readdir(`${made.folder}/${name}`))
  );
  expect(there.flat()).toHaveLength(made.files.length);
  expect((await readdir(made.folder)).sort()).toEqual(['inputs', 'jobs']);
  expect(runByHand(made.clusters[0]?.wrapper ?? '', ['0']).status).toBe(0);
});

it('never shares a folder: of three that write at once two are told', async () => {
  const made = in_(await newFolder());
  const codes = await Promise.all(
    [1, 2, 3].map(() =>
      writePlan(host(), made, go).then(
        () => 'written',
        (error: unknown) => toFailure(error).code
      )
    )
  );
  expect(codes.sort()).toEqual(['conflict', 'conflict', 'written']);
  expect(await readdir(made.jobsFolder)).toHaveLength(2);
});

it('leaves what is there alone', async () => {
  const made = in_(await newFolder());
  await mkdir(made.folder, { recursive: true });
  await expect(writePlan(host(), made, go)).rejects.toMatchObject({ code: 'conflict' });
  expect(await readdir(made.folder)).toEqual([]);
});

it('says why nothing can be written, and leaves nothing', async () => {
  const made = in_('/proc/1');
  await expect(writePlan(host(), made, go)).rejects.toMatchObject({
    code: expect.stringMatching(/^(not-found|denied)$/) as unknown
  });
  const stop = new AbortController();
  stop.abort();
  const other = in_(await newFolder());
  await expect(writePlan(host(), other, stop.signal)).rejects.toMatchObject({
    code: 'unknown-outcome'
  });
});

it.skipIf(process.getuid?.() !== 0)('leaves nothing on a disk that is full', async () => {
  const disk = await newFolder();
  const mount = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk];
  expect(spawnSync('mount', mount).status).toBe(0);
  try {
    const names = Array.from({ length: 60 }, (_, i) => `/data/f${i}.root`);
    const made = in_(disk, { samples: { GJet: names } });
    await expect(writePlan(host(), made, go)).rejects.toMatchObject({ code: 'no-space' });
    expect(existsSync(made.folder)).toBe(false);
  } finally {
    expect(spawnSync('umount', [disk]).status).toBe(0);
  }
});

it('an archive that breaks off between two files is not taken for a whole one', async () => {
  const made = in_(await newFolder());
  const blocks = Buffer.concat([...archive(made.files.slice(0, -1), made.folder)]);
  class Breaking extends LocalHost {
    override run(argv: readonly string[], options: IHostRunOptions) {
      return super.run(argv, { ...options, stdin: blocks.subarray(0, -1024) });
    }
  }
  const breaking = new Breaking({ env: { PATH: '/usr/bin:/bin' }, home: '/' });
  await expect(writePlan(breaking, made, go)).rejects.toMatchObject({ code: 'refused' });
  expect(existsSync(made.folder)).toBe(false);
});

it('packs no path that leads elsewhere', () => {
  for (const path of ['/x/inputs/a', '/f/inputs/../a', '/f/inputs/sub/a', '/f/a', '/f/inputs/é']) {
    expect(() => [...archive([{ path, text: '', isProgram: false }], '/f')]).toThrow(
      'no file of a plan'
    );
  }
});
