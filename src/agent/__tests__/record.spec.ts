import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, readlink } from 'node:fs/promises';
import { stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { fileError, readRecord, writeAtomically } from '../record';

const fresh = () => mkdtemp(join(tmpdir(), 'record-'));
const saying = (pattern: RegExp) => expect.stringMatching(pattern) as string;

it('leaves the whole content of one of many writers, and nothing beside it', async () => {
  const contents = fc.uniqueArray(fc.uint8Array({ maxLength: 70_000 }), {
    minLength: 1,
    maxLength: 8,
    selector: bytes => Buffer.from(bytes).toString('latin1')
  });
  const race = fc.asyncProperty(contents, async all => {
    const folder = await fresh();
    const path = join(folder, 'x.json');
    await Promise.all(all.map(content => writeAtomically(path, content)));
    const kept = await readFile(path);
    expect(all.some(content => kept.equals(content))).toBe(true);
    expect(await readdir(folder)).toEqual(['x.json']);
  });
  await fc.assert(race, { numRuns: 30 });
});

it('lets exactly one of many writers make a new file', async () => {
  const folder = await fresh();
  const path = join(folder, 'x.json');
  const writers = Array.from({ length: 20 }, (_, i) =>
    writeAtomically(path, `${i}`, { overwrite: false }).then(
      () => i,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'conflict', message: saying(/x\.json/) });
        return null;
      }
    )
  );
  const won = (await Promise.all(writers)).filter(i => i !== null);
  expect(won).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(String(won[0]));
  expect(await readdir(folder)).toEqual(['x.json']);
});

it('writes through links, also to what is not there yet, and keeps the mode', async () => {
  const folder = await fresh();
  await mkdir(join(folder, 'far'));
  const target = join(folder, 'far', 'x.json');
  const way = join(folder, 'way');
  await symlink('far/x.json', way);
  await symlink('way', join(folder, 'way2'));
  await writeAtomically(join(folder, 'way2'), 'new');
  expect(await readFile(target, 'utf8')).toBe('new');
  await chmod(target, 0o640);
  await writeAtomically(way, 'newer');
  expect(await readFile(target, 'utf8')).toBe('newer');
  expect((await stat(target)).mode & 0o777).toBe(0o640);
  expect((await lstat(way)).isSymbolicLink()).toBe(true);
  expect(await readlink(way)).toBe('far/x.json');
  expect(await readdir(join(folder, 'far'))).toEqual(['x.json']);
});

it('gives a new file the asked mode, and takes names as long as names may be', async () => {
  const folder = await fresh();
  const path = join(folder, 'n'.repeat(255));
  await writeAtomically(path, '{}', { mode: 0o600 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('says what is wrong with the place', async () => {
  const folder = await fresh();
  const at = (name: string) => writeAtomically(join(folder, name), 'x');
  await expect(at('gone/x')).rejects.toMatchObject({
    code: 'not-found',
    message: saying(/gone\/x/)
  });
  await expect(at('.')).rejects.toMatchObject({ code: 'conflict', message: saying(/is a folder/) });
  await writeFile(join(folder, 'file'), '');
  await expect(at('file/x')).rejects.toMatchObject({ code: 'not-found' });
  await symlink('circle', join(folder, 'circle'));
  await expect(at('circle')).rejects.toMatchObject({ code: 'not-found', message: saying(/ELOOP/) });
  await expect(at('n'.repeat(256))).rejects.toMatchObject({ code: 'bad-request' });
  expect((await readdir(folder)).sort()).toEqual(['circle', 'file']);
});

it.skipIf(process.platform !== 'linux')(
  'says no-space and denied in the words of Linux',
  async () => {
    // A device is written as it is, never replaced; this one is always full.
    await expect(writeAtomically('/dev/full', 'x')).rejects.toMatchObject({ code: 'no-space' });
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
    // Not even root may make a file here.
    await expect(writeAtomically('/sys/x', 'x')).rejects.toMatchObject({ code: 'denied' });
  }
);

it('translates every refusal that cannot be brought about everywhere', () => {
  const codes = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTCONN', 'EXYZ'].map(
    code => {
      try {
        return fileError('/x')(Object.assign(new Error(`${code}: words, open '/tmp'`), { code }));
      } catch (error) {
        expect(error).toMatchObject({ message: `/x: ${code}: words` });
        return (error as { code: string }).code;
      }
    }
  );
  const denied = ['denied', 'denied', 'denied'];
  expect(codes).toEqual(['no-space', 'no-space', ...denied, 'conflict', 'unreachable', 'internal']);
});

it('keeps the old file when the disk is full, and leaves no rest', async ({ skip }) => {
  const folder = mountSmall() ?? skip('only where this user may mount a file system');
  const path = join(folder, 'x.json');
  try {
    await writeAtomically(path, 'old');
    const full = writeAtomically(path, Buffer.alloc(200_000));
    await expect(full).rejects.toMatchObject({ code: 'no-space', message: saying(/x\.json/) });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['x.json']);
  } finally {
    execFileSync('umount', [folder]);
  }
});

it('reads what fits the schema, null where nothing is, and corrupt otherwise', async () => {
  const path = join(await fresh(), 'x.json');
  const schema = z.object({ n: z.int().default(3) });
  expect(await readRecord(path, schema)).toBeNull();
  await writeFile(path, '{}');
  expect(await readRecord(path, schema)).toEqual({ n: 3 });
  await writeFile(path, '{"n": "x"}');
  const field = { code: 'corrupt', message: saying(/x\.json.*\n?.*at n/s) };
  await expect(readRecord(path, schema)).rejects.toMatchObject(field);
  await writeFile(path, '{"n": ');
  await expect(readRecord(path, schema)).rejects.toMatchObject({ code: 'corrupt' });
});

/** A file system of 64 KB, where this user may mount one. */
function mountSmall(): string | null {
  try {
    const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    const options = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder];
    execFileSync('mount', options, { stdio: 'ignore' });
    return folder;
  } catch {
    return null;
  }
}
