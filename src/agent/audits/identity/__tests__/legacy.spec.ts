import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { XROOTD, describeWith } from '../../../__tests__/test-bed';
import type { ILegacyOptions } from '../legacy';
import { LegacyIdentity } from '../legacy';
import { thereHere } from '../../there/__tests__/here';
import { parseHeader } from '../header';

const never = new AbortController().signal;
const open: LegacyIdentity[] = [];

async function fresh(more: Partial<ILegacyOptions> = {}) {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'legacy-'));
  const make = (again: Partial<ILegacyOptions> = {}) => {
    const identity = new LegacyIdentity({
      env: { PYTHONPATH: resolve('.'), ...process.env },
      cacheFolder,
      cwd: cacheFolder,
      timeoutMs: 20_000,
      skipBadFiles: false,
      there: null,
      warn: () => undefined,
      ...more,
      ...again
    });
    open.push(identity);
    return identity;
  };
  return { cacheFolder, make };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(identity => identity.dispose()));
});

function rootFile(last: number, end = 63): Buffer {
  const bytes = Buffer.alloc(63);
  bytes.write('root');
  bytes.writeUInt32BE(63_200, 4);
  bytes.writeUInt32BE(end, 12);
  bytes.writeUInt8(last, 62);
  return bytes;
}
const uuidMatch = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
const uuid = (last: number) =>
  `00000000-0000-0000-0000-0000000000${last.toString(16).padStart(2, '0')}`;

it.each([
  ['itself', () => null],
  ['through the host where they are', thereHere]
])(
  'reads files %s, without any Python of ours, and says what is wrong with which',
  async (_, where) => {
    const there = where();
    const { cacheFolder, make } = await fresh({ env: {}, there });
    await mkdir(join(cacheFolder, 'sub'));
    for (let i = 0; i < 200; i++) {
      await writeFile(join(cacheFolder, `f${i}.root`), rootFile(i));
    }
    await writeFile(join(cacheFolder, 'short.root'), 'root');
    await writeFile(join(cacheFolder, 'text.root'), 'hello');
    await writeFile(join(cacheFolder, 'cut.root'), rootFile(7, 1000));
    execFileSync('mkfifo', [join(cacheFolder, 'pipe.root')]);
    const good = Array.from({ length: 200 }, (_, i) =>
      i % 2 ? `f${i}.root` : join(cacheFolder, `f${i}.root`)
    );
    const bad = ['none.root', 'short.root', 'text.root', 'sub', 'pipe.root', there ? 'no' : 'a\0b'];
    const answer = await make().identify([...good, ...bad, 'cut.root'], never);
    expect(answer.ids).toEqual([...good.map((_, i) => uuid(i)), ...bad.map(() => null), uuid(7)]);
    expect(answer.unknown).toBeNull();
    expect([...answer.unreadable.keys()].sort()).toEqual([200, 201, 202, 203, 204, 205]);
    expect(answer.unreadable.get(200)).toBe('no such file');
    expect(answer.unreadable.get(203)).toBe('is a directory');
    expect(answer.notes).toEqual([expect.stringContaining('cut.root: truncated input')]);
    await there?.reader.dispose();
  }
);

it('says what to do where the Python programs cannot run', async () => {
  const { make } = await fresh({ env: { HEPBATCH_PYTHON: '/no/python' } });
  const answer = await make().identify(['root://127.0.0.1//store/mc/x.root'], never);
  expect(answer.unknown).toContain('/no/python');
  expect(answer.unknown).toContain('HEPBATCH_PYTHON');
});

it('is cancelled at once, and leaves no Python behind', async () => {
  const { cacheFolder, make } = await fresh();
  const slow = join(cacheFolder, 'slow-python');
  await writeFile(slow, '#!/bin/sh\nsleep 2718 & wait\n', { mode: 0o755 });
  const running = () =>
    execFileSync('ps', ['-eo', 'stat=,args='])
      .toString()
      .split('\n')
      .filter(row => /slow-python|sleep 2718/.test(row) && !row.startsWith('Z'));
  const stop = new AbortController();
  const identity = make({ env: { PATH: process.env['PATH'], HEPBATCH_PYTHON: slow } });
  const work = identity.identify(['root://127.0.0.1:9//store/mc/x.root'], stop.signal);
  await expect.poll(() => running().length).toBe(2);
  stop.abort();
  await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  await identity.dispose();
  expect(running()).toEqual([]);
});

describeWith(XROOTD, 'with a real XRootD server', told => {
  const url = (name: string) => `${told.url}/${told.files}/${name}`;

  it('reads the UUIDs of real files, asks for each only once in a life, and reads local ones beside', async () => {
    const { cacheFolder, make } = await fresh();
    const folder = join(told.root, told.files);
    const odd = new Set(['cut.root', 'notroot.root', 'secret.root']);
    const names = (await readdir(folder)).filter(name => !odd.has(name));
    expect(names).toHaveLength(120);
    const right = names.map(name => parseHeader(readFileSync(join(folder, name))).uuid);
    const urls = [...names.map(url), join(folder, names[0] ?? '')];
    const answer = await make().identify(urls, never);
    expect(answer).toEqual({
      ids: [...right, right[0]],
      unreadable: new Map(),
      unknown: null,
      notes: []
    });
    const lines = (await readFile(join(cacheFolder, 'uuids.tsv'), 'utf8'))
      .split('\n')
      .filter(Boolean);
    expect(lines).toHaveLength(120);
    // Nothing is left to ask, so a Python that does not exist does not matter.
    const again = make({ env: { HEPBATCH_PYTHON: '/no/python' } });
    expect((await again.identify(urls, never)).ids).toEqual(answer.ids);
  });

  it('reads them by the Python of another host, which has nothing of hepbatch, or else from here', async () => {
    const python = dirname(process.env['HEPBATCH_PYTHON'] ?? '/usr/bin/python3');
    const warned: string[] = [];
    const warn = (text: string) => warned.push(text);
    const names = ['uproot-Zmumu.root', 'uproot-HZZ.root'];
    const there = thereHere({ PATH: `${python}:/usr/bin:/bin` });
    const { make } = await fresh({ there, warn });
    const ids = (await make().identify(names.map(url), never)).ids;
    expect(ids).toEqual([uuidMatch, uuidMatch]);
    expect(warned).toEqual([]);
    const bare = thereHere({ PATH: '/bin-without-python' });
    const again = await fresh({ there: bare, warn });
    expect((await again.make().identify(names.map(url), never)).ids).toEqual(ids);
    expect(warned).toEqual([expect.stringMatching(/read from this machine: .*python3/)]);
  });

  it('tells files that are bad from servers that do not answer', async () => {
    const { make } = await fresh({ timeoutMs: 3000 });
    const bad = ['none.root', 'notroot.root', 'cut.root', 'uproot-Zmumu.root'].map(url);
    const answer = await make().identify(bad, never);
    expect(answer.unknown).toBeNull();
    expect(answer.unreadable.get(0)).toContain('no such file');
    expect(answer.unreadable.get(1)).toContain('not a ROOT file');
    expect(answer.ids[2]).toBe(answer.ids[3]);
    expect(answer.notes).toEqual([expect.stringContaining('cut.root: truncated input')]);

    const urls = [`${told.refusedUrl}/store/mc/x.root`, url('uproot-HZZ.root')];
    expect((await make().identify(urls, never)).unknown).toContain(new URL(told.refusedUrl).host);
    const skipping = await make({ skipBadFiles: true }).identify(urls, never);
    expect([skipping.unknown, skipping.unreadable.has(0)]).toEqual([null, true]);
    expect(skipping.ids[1]).toMatch(/^[0-9a-f-]{36}$/);
  });
});
