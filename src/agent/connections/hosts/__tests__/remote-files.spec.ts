import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { IHost, IHostEntry } from '../host';
import { RemoteFiles } from '../remote-files';
import { RemoteShell } from '../remote-shell';
import { loginShell } from './login-shell';

const signal = new AbortController().signal;
const filesThrough = (before = '') => {
  const shell = new RemoteShell('there', loginShell(['sh'], before));
  const host: Pick<IHost, 'title' | 'run' | 'start'> = {
    title: 'there',
    run: (argv, options) => shell.run(argv, options),
    start: (argv, options) => shell.start(argv, options)
  };
  return new RemoteFiles(host);
};
const files = filesThrough();

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remote-'));
});
const at = (...names: string[]) => join(folder, ...names);

async function listed(path: string): Promise<IHostEntry[]> {
  const found: IHostEntry[] = [];
  for await (const part of files.list(path, signal)) {
    found.push(...part);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

it('writes and reads bytes, whole and in part', async () => {
  const data = randomBytes(2_000_000);
  await files.write(at('a'), data);
  expect(readFileSync(at('a')).equals(data)).toBe(true);
  expect((await files.read(at('a'), { maxBytes: 2_000_000 })).equals(data)).toBe(true);
  const part = await files.read(at('a'), { maxBytes: 100, offset: 1_234_567, length: 89 });
  expect(part.equals(data.subarray(1_234_567, 1_234_567 + 89))).toBe(true);
  expect(await files.read(at('a'), { maxBytes: 10, offset: 1_999_998 })).toHaveLength(2);
  expect(await files.read(at('a'), { maxBytes: 10, offset: 3_000_000 })).toHaveLength(0);
  const long = files.read(at('a'), { maxBytes: 1_999_999 });
  await expect(long).rejects.toMatchObject({ code: 'refused' });
  await files.write(at('empty'), '');
  expect(await files.read(at('empty'), { maxBytes: 0 })).toHaveLength(0);
  expect(readdirSync(folder).sort()).toEqual(['a', 'empty']);
});

it('keeps the mode and the links of what it replaces', async () => {
  writeFileSync(at('old'), 'old');
  chmodSync(at('old'), 0o640);
  symlinkSync('old', at('link'));
  symlinkSync('not yet', at('dangling'));
  await files.write(at('link'), 'new');
  await files.write(at('dangling'), 'made', { mode: 0o600 });
  expect(readFileSync(at('old'), 'utf8')).toBe('new');
  expect(statSync(at('old')).mode & 0o777).toBe(0o640);
  expect(statSync(at('not yet')).mode & 0o777).toBe(0o600);
  await files.write(at('fresh'), '');
  writeFileSync(at('as here'), '');
  expect(statSync(at('fresh')).mode).toBe(statSync(at('as here')).mode);
});

it.each([
  ['where there are hard links', ''],
  [
    'where there are none',
    // As ln of coreutils 9.1 was seen to speak on a file system without them.
    'PATH=%:$PATH; '
  ]
])('lets one of many new files of a name win, %s', async (_, before) => {
  mkdirSync(at('bin'));
  const says = `ln: failed to create hard link '$3' => '$2': Operation not permitted`;
  writeFileSync(at('bin', 'ln'), `#!/bin/sh\necho "${says}" >&2\nexit 1\n`, { mode: 0o755 });
  const these = filesThrough(before.replace('%', at('bin')));
  const write = (text: string) => these.write(at('new'), text, { overwrite: false });
  const ends = await Promise.allSettled(['1', '2', '3'].map(write));
  const codes = ends.map(end => (end.status === 'fulfilled' ? 'ok' : codeOf(end.reason)));
  expect(codes.sort()).toEqual(['conflict', 'conflict', 'ok']);
  expect(readFileSync(at('new'), 'utf8')).toMatch(/^[123]$/);
  await expect(write('4')).rejects.toMatchObject({ code: 'conflict' });
  expect(readdirSync(folder).sort()).toEqual(['bin', 'new']);
});

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}

it('changes nothing where the data are cut off on their way', async () => {
  writeFileSync(at('kept'), 'kept');
  // As a line that breaks: the writer is told of fewer bytes than it was promised.
  const cut = filesThrough('head -c 1000 | ');
  const write = cut.write(at('kept'), 'x'.repeat(2000));
  await expect(write).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('cut off') as unknown
  });
  expect([readdirSync(folder), readFileSync(at('kept'), 'utf8')]).toEqual([['kept'], 'kept']);
});

it('tells what stands in the way, and where', async () => {
  mkdirSync(at('folder'));
  writeFileSync(at('file'), '');
  const read = (path: string) => files.read(path, { maxBytes: 10 });
  const write = (path: string) => files.write(path, 'x');
  await expect(read(at('none'))).rejects.toMatchObject({
    code: 'not-found',
    message: `there:${at('none')}: ENOENT: No such file or directory`
  });
  await expect(read(at('folder'))).rejects.toMatchObject({ code: 'conflict' });
  await expect(write(at('folder'))).rejects.toMatchObject({ code: 'conflict' });
  await expect(write(at('none', 'x'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(write(at('file', 'x'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(write(at('x'.repeat(300)))).rejects.toMatchObject({ code: 'bad-request' });
  await expect(write('/proc/self/nothing')).rejects.toMatchObject({ code: 'not-found' });
  await expect(write('/dev/full')).rejects.toMatchObject({ code: 'no-space' });
  await expect(read('relative')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(listed(at('none'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(listed(at('file'))).rejects.toMatchObject({ code: 'not-found' });
  const small = filesThrough('ulimit -f 1; ').write(at('big'), 'x'.repeat(10_000));
  await expect(small).rejects.toMatchObject({ code: 'no-space' });
  expect(readdirSync(folder).sort()).toEqual(['file', 'folder']);
});

it('lists odd names, and tells what links lead to', async () => {
  const odd = ['-n', 'a b', 'line\nend', "it's", '*', '$HOME', 'é', '\\', 'x'.repeat(255)];
  odd.forEach(name => writeFileSync(at(name), ''));
  mkdirSync(at('folder'));
  symlinkSync('folder', at('to-folder'));
  symlinkSync('a b', at('to-file'));
  symlinkSync('nothing', at('to-nothing'));
  const found = await listed(folder);
  const kinds = Object.fromEntries(found.map(entry => [entry.name, entry.kind]));
  expect(kinds).toEqual({
    ...Object.fromEntries(odd.map(name => [name, 'file'])),
    folder: 'folder',
    'to-folder': 'folder',
    'to-file': 'file',
    'to-nothing': 'other'
  });
  expect(await listed(at('to-folder'))).toEqual([]);
});

it('ends the listing when told so, or when nobody reads on', async () => {
  const stop = new AbortController();
  stop.abort();
  const cancelled = files.list('/usr', stop.signal).next();
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  for await (const part of files.list('/usr/bin', signal)) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
});

it('tells of a file what is known, and null where there is none', async () => {
  writeFileSync(at('a'), '12345');
  chmodSync(at('a'), 0o604);
  utimesSync(at('a'), 1_700_000_000.25, 1_700_000_000.25);
  symlinkSync('a', at('link'));
  symlinkSync('nothing', at('dangling'));
  const stat = { kind: 'file', bytes: 5, mtimeMs: 1_700_000_000_250, mode: 0o604 };
  expect(await files.stat(at('a'))).toEqual(stat);
  expect(await files.stat(at('link'))).toEqual(stat);
  expect(await files.stat(folder)).toMatchObject({ kind: 'folder', mode: 0o700 });
  expect(await files.stat('/dev/null')).toMatchObject({ kind: 'other' });
  const nothing = [at('none'), at('a', 'x'), at('dangling')].map(path => files.stat(path));
  expect(await Promise.all(nothing)).toEqual([null, null, null]);
});
