import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appendHostKey } from '../append';
import { lookUpHost } from '../known-hosts';
import { ed25519, fileWith, written } from './keys';

const folder = () => mkdtempSync(join(tmpdir(), 'append-'));

it('makes folder and file for the user alone', async () => {
  const file = join(folder(), '.ssh', 'known_hosts');
  await appendHostKey(file, '[localhost]:2222', ed25519(1), false);
  expect(readFileSync(file, 'latin1')).toBe(`[localhost]:2222 ${written(ed25519(1))}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
});

it('hides the name where the configuration wants it', async () => {
  const file = fileWith('');
  await appendHostKey(file, 'lxplus.cern.ch', ed25519(1), true);
  expect(readFileSync(file, 'latin1')).not.toContain('lxplus');
  const known = await lookUpHost([file], 'lxplus.cern.ch');
  expect(known.judge(ed25519(1))).toEqual({ verdict: 'known' });
});

it('does not spoil a last line that has no end, and keeps the mode of the file', async () => {
  const file = fileWith(`a ${written(ed25519(1))}`);
  chmodSync(file, 0o644);
  await appendHostKey(file, 'b', ed25519(2), false);
  expect(readFileSync(file, 'latin1').split('\n')).toHaveLength(3);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

it('loses no line of many writers', async () => {
  const file = join(folder(), 'known_hosts');
  const names = Array.from({ length: 40 }, (_, i) => `host-${i}`);
  await Promise.all(names.map((name, i) => appendHostKey(file, name, ed25519(i), i % 2 === 0)));
  for (const [i, name] of names.entries()) {
    expect((await lookUpHost([file], name)).judge(ed25519(i))).toEqual({ verdict: 'known' });
  }
});

it('says which file it could not write', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const refused = appendHostKey(join(file, 'known_hosts'), 'a', ed25519(1), false);
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining(join(file, 'known_hosts')) as unknown
  });
});
