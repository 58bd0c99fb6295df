import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IHostEntry } from '../host';
import type { ISuiteWorld } from './suite';
import { options } from './suite';

const ODD = ['-n', ' a b ', 'line\nend', "it's", '*', '$HOME', 'é\u{1F600}', '\\', '.hidden'];

/** Files of a host. */
export function filesSuite(world: ISuiteWorld): void {
  const at = (...names: string[]) => join(world.folder(), ...names);
  const read = (path: string, maxBytes = 10_000_000) => world.host().read(path, { maxBytes });
  const sh = (script: string) => world.host().run(['sh', '-c', script, 'sh', at()], options());
  const { signal } = new AbortController();
  const list = async (path: string) => {
    const found: IHostEntry[] = [];
    for await (const part of world.host().list(path, signal)) {
      found.push(...part);
    }
    return found;
  };

  describe('files', () => {
    it('writes and reads bytes, whole and in part', async () => {
      const data = randomBytes(1_500_000);
      await world.host().write(at('data'), data);
      expect((await read(at('data'))).equals(data)).toBe(true);
      const part = await world
        .host()
        .read(at('data'), { maxBytes: 1000, offset: 1_234_567, length: 89 });
      expect(part.equals(data.subarray(1_234_567, 1_234_656))).toBe(true);
      const late = world.host().read(at('data'), { maxBytes: 9, offset: 2_000_000 });
      expect(await late).toHaveLength(0);
      await expect(read(at('data'), 1_499_999)).rejects.toMatchObject({ code: 'refused' });
      await world.host().write(at('text'), 'é');
      expect((await read(at('text'))).toString()).toBe('é');
    });

    it('keeps modes and links, and a new file may be made once', async () => {
      await sh('cd "$1" && echo old >old && chmod 640 old && ln -s old link');
      await world.host().write(at('link'), 'new', { mode: 0o600 });
      expect(readFileSync(at('old'), 'utf8')).toBe('new');
      expect(statSync(at('old')).mode & 0o777).toBe(0o640);
      const once = { overwrite: false, mode: 0o600 };
      const all = ['1', '2', '3'].map(text => world.host().write(at('once'), text, once));
      const ends = await Promise.allSettled(all);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(ends.filter(({ status }) => status === 'rejected')).toMatchObject(
        Array(2).fill({ reason: { code: 'conflict' } })
      );
      expect(statSync(at('once')).mode & 0o777).toBe(0o600);
      expect(readdirSync(at()).filter(name => name.startsWith('.hepbatch'))).toEqual([]);
    });

    it('tells what stands in the way', async () => {
      const code = (word: string) => expect.objectContaining({ code: word }) as unknown;
      const write = (path: string) =>
        world
          .host()
          .write(path, 'x')
          .catch((e: unknown) => e);
      const failed = (path: string) => read(path).catch((e: unknown) => e);
      expect(await failed(at('none'))).toEqual(code('not-found'));
      expect(await failed(at())).toEqual(code('conflict'));
      expect(await write(at())).toEqual(code('conflict'));
      expect(await write(at('none', 'x'))).toEqual(code('not-found'));
      expect(await write(at('x'.repeat(300)))).toEqual(code('bad-request'));
      expect(await write('/dev/full')).toEqual(code('no-space'));
      expect(await failed('relative')).toEqual(code('bad-request'));
      expect(await list(at('none')).catch((e: unknown) => e)).toEqual(code('not-found'));
      expect(await list(at('text')).catch((e: unknown) => e)).toEqual(code('not-found'));
    });

    it.skipIf(world.facts.denied === null)('tells what is denied', async () => {
      const path = world.facts.denied ?? '';
      const denied = { code: 'denied', message: expect.stringContaining(path) as unknown };
      await expect(read(path)).rejects.toMatchObject(denied);
      await expect(world.host().write(path, 'x')).rejects.toMatchObject(denied);
      await expect(world.host().stat(`${path}/x`)).rejects.toMatchObject({ code: 'denied' });
      await expect(list(path)).rejects.toMatchObject(denied);
    });

    it('lists odd names with their kinds', async () => {
      const folder = at('odd');
      await sh('mkdir "$1/odd" && cd "$1/odd" && mkdir sub && ln -s sub to-sub && ln -s no to-no');
      for (const name of ODD) {
        await world.host().write(join(folder, name), name);
      }
      const kinds = Object.fromEntries((await list(folder)).map(({ name, kind }) => [name, kind]));
      expect(kinds).toEqual({
        ...Object.fromEntries(ODD.map(name => [name, 'file'])),
        sub: 'folder',
        'to-sub': 'folder',
        'to-no': 'other'
      });
      for (const name of ODD) {
        expect((await read(join(folder, name))).toString()).toBe(name);
      }
      expect(await list(join(folder, 'sub'))).toEqual([]);
    });

    it('tells of a file what is known', async () => {
      await sh('cd "$1" && printf 12345 >five && chmod 604 five && touch -d @1700000000.25 five');
      expect(await world.host().stat(at('five'))).toEqual({
        kind: 'file',
        bytes: 5,
        mtimeMs: 1_700_000_000_250,
        mode: 0o604
      });
      expect(await world.host().stat(at())).toMatchObject({ kind: 'folder', mode: 0o700 });
      expect(await world.host().stat('/dev/null')).toMatchObject({ kind: 'other' });
      expect(await world.host().stat(at('none'))).toBeNull();
      expect(await world.host().stat(at('five', 'x'))).toBeNull();
    });
  });

  describe('a big folder', () => {
    // In memory where there is such a disk: making the names should not take the time of the test.
    const folder = mkdtempSync(
      join(statSync('/dev/shm').isDirectory() ? '/dev/shm' : tmpdir(), 'big-')
    );
    beforeAll(() => {
      execFileSync('chmod', ['755', folder]);
      execFileSync('sh', [
        '-c',
        'cd "$1" && seq -f "file-%06g.root" 100000 | xargs touch',
        'sh',
        folder
      ]);
    });
    afterAll(() => {
      execFileSync('rm', ['-rf', folder]);
    });

    it('is listed in one go, in parts', async () => {
      let [parts, names] = [0, new Set<string>()];
      for await (const part of world.host().list(folder, signal)) {
        parts++;
        part.forEach(({ name }) => names.add(name));
      }
      expect(names.size).toBe(100_000);
      expect(parts).toBeGreaterThan(1);
      names = new Set();
    });

    it('is not listed to its end when nobody wants that', async () => {
      const stop = new AbortController();
      const listing = (async () => {
        for await (const part of world.host().list(folder, stop.signal)) {
          expect(part.length).toBeGreaterThan(0);
          stop.abort();
        }
      })();
      await expect(listing).rejects.toMatchObject({ code: 'cancelled' });
    });
  });

  describe('a full disk', () => {
    const disk = mkdtempSync(join(tmpdir(), 'full-'));
    const mount = ['-t', 'tmpfs', '-o', 'size=64k,mode=777', 'tmpfs', disk];
    // Only root may make a small disk; /dev/full stands for one elsewhere.
    const isMade = spawnSync('mount', mount).status === 0;
    afterAll(() => {
      spawnSync('umount', [disk]);
    });

    it.skipIf(!isMade)('leaves the file as it was, and nothing else', async () => {
      const file = join(disk, 'kept');
      await world.host().write(file, 'kept');
      const write = world.host().write(file, 'x'.repeat(200_000));
      await expect(write).rejects.toMatchObject({ code: 'no-space' });
      expect([readFileSync(file, 'utf8'), readdirSync(disk)]).toEqual(['kept', ['kept']]);
    });
  });
}
