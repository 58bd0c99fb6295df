import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeLineFolder } from '../line-folder';

const runtime = (name = 'rt-') => mkdtempSync(join(tmpdir(), name));

it('makes a folder that only this user can enter, each time another one', async () => {
  const here = runtime();
  const [first, second] = [await makeLineFolder(here), await makeLineFolder(here)];
  expect(first).not.toBe(second);
  expect(statSync(first).mode & 0o777).toBe(0o700);
});

it('removes what a process left that is no more, and nothing else', async () => {
  const here = runtime();
  const dead = spawnSync('true').pid;
  const [stale, ours] = [`ssh-${dead}-abcdef`, `ssh-${process.pid}-abcdef`];
  [stale, ours, 'other'].forEach(name => mkdirSync(join(here, name)));
  writeFileSync(join(here, stale, 'm'), '');
  writeFileSync(join(here, 'agent-1.sock'), '');
  await makeLineFolder(here);
  expect(existsSync(join(here, stale))).toBe(false);
  expect(readdirSync(here)).toEqual(expect.arrayContaining([ours, 'other', 'agent-1.sock']));
});

it.each([
  ['too long', `rt-${'x'.repeat(80)}`],
  ['with a colon', 'rt-a:b'],
  ['with a percent sign', 'rt-%h'],
  ['with a blank', 'rt a']
])('refuses a path that is %s, and says where else', async (_, name) => {
  const here = runtime(name);
  await expect(makeLineFolder(here)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(here) as unknown,
    data: { next: expect.stringContaining('XDG_RUNTIME_DIR') as unknown }
  });
  expect(readdirSync(here)).toEqual([]);
});
