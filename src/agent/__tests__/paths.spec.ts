import { chmod, mkdir, mkdtemp, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findFolders, openFolders, socketPath } from '../paths';

const uid = process.getuid?.() ?? null;
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

async function world(env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'paths-'));
  return { env, uid, tmpdir: join(home, 'tmp'), home };
}

it('makes three folders that only this user can enter', async () => {
  const { home, ...rest } = await world();
  const folders = await openFolders({ home, ...rest });
  expect(folders).toEqual({
    runtime: join(home, 'tmp', `hepbatch-${uid ?? ''}`),
    state: join(home, '.local/state/hepbatch'),
    cache: join(home, '.cache/hepbatch')
  });
  for (const folder of [folders.runtime, folders.state, folders.cache]) {
    expect(await modeOf(folder)).toBe(0o700);
  }
});

it('follows the XDG variables, but no relative ones and no session folder that is absent', async () => {
  const { home } = await world();
  const env = { XDG_RUNTIME_DIR: home, XDG_STATE_HOME: '/s', XDG_CACHE_HOME: 'relative' };
  const there = { env, uid, tmpdir: '/tmp', home };
  const folders = { runtime: `${home}/hepbatch`, state: '/s/hepbatch' };
  expect(await findFolders(there)).toEqual({ ...folders, cache: `${home}/.cache/hepbatch` });
  const gone = { ...there, env: { XDG_RUNTIME_DIR: `${home}/gone` } };
  expect((await findFolders(gone)).runtime).toBe(`/tmp/hepbatch-${uid ?? ''}`);
  const other = { ...there, uid: 4321 };
  expect((await findFolders(other)).runtime).toBe('/tmp/hepbatch-4321');
});

it('refuses a runtime folder that others may enter, that is a link, or that is not ours', async () => {
  const open = await world();
  const { runtime } = await findFolders(open);
  await mkdir(runtime, { recursive: true });
  await chmod(runtime, 0o750);
  const denied = { code: 'denied', message: expect.stringMatching(/mode 0750/) as string };
  await expect(openFolders(open)).rejects.toMatchObject(denied);

  const linked = await world();
  const mine = await mkdtemp(join(tmpdir(), 'paths-'));
  await mkdir(linked.tmpdir);
  await symlink(mine, (await findFolders(linked)).runtime);
  const noFolder = { code: 'denied', message: expect.stringMatching(/is not a folder/) as string };
  await expect(openFolders(linked)).rejects.toMatchObject(noFolder);

  const strange = { ...(await world()), uid: 4321 };
  const foreign = { code: 'denied', message: expect.stringMatching(/belongs to user/) as string };
  await expect(openFolders(strange)).rejects.toMatchObject(foreign);
});

it('mends the mode of state and cache, and lets them be links to a bigger disk', async () => {
  const there = await world();
  const { state, cache } = await findFolders(there);
  await mkdir(join(cache, 'compile-cache'), { recursive: true });
  await chmod(cache, 0o755);
  const disk = await mkdtemp(join(tmpdir(), 'paths-'));
  await mkdir(join(state, '..'), { recursive: true });
  await symlink(disk, state);
  await openFolders(there);
  expect(await modeOf(cache)).toBe(0o700);
  expect(await modeOf(state)).toBe(0o700);
});

it('refuses the path of a socket that the system would cut off', () => {
  const folders = (bytes: number) => ({
    runtime: `/${'é'.repeat(bytes / 2)}`,
    state: '',
    cache: ''
  });
  const name = '//agent-2.sock'.length;
  expect(Buffer.byteLength(socketPath(folders(106 - name)))).toBe(106);
  const long = expect.stringMatching(/108 bytes/) as string;
  expect(() => socketPath(folders(108 - name))).toThrow(
    expect.objectContaining({ code: 'unsupported', message: long }) as Error
  );
});
