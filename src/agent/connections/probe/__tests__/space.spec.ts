import { expect, it } from 'vitest';
import { parseSpace } from '../space';

const space = (text: string, status = 0) => parseSpace({ text, status });

it('reads df, also of a file system with blanks in its name', () => {
  const head = 'Filesystem     1024-blocks      Used Available Capacity Mounted on';
  expect(space(`/home/u\n${head}\n/dev/vda1 100 40 55 43% /`)).toEqual({
    state: 'found',
    path: '/home/u',
    freeBytes: 55 * 1024,
    totalBytes: 100 * 1024
  });
  expect(space(`/h\n${head}\nmy disk 100 40 -5 105% /mnt/my disk`)).toMatchObject({
    freeBytes: 0,
    totalBytes: 102_400
  });
  expect(space(`/eos/user/u/me\n${head}\neosuser 9 1 8 - /eos`)).toMatchObject({ freeBytes: 8192 });
});

it('reads the quota of AFS, where df knows nothing', () => {
  const text = `/afs/cern.ch/user/u/me
Volume Name                    Quota       Used %Used   Partition
user.me                     10000000    4000000   40%         55%  `;
  expect(space(text.trimEnd())).toEqual({
    state: 'found',
    path: '/afs/cern.ch/user/u/me',
    freeBytes: 6_000_000 * 1024,
    totalBytes: 10_000_000 * 1024
  });
});

it('does not know what it cannot read', () => {
  expect(space('/h\ndf: /h: Stale file handle', 1)).toEqual({
    state: 'unknown',
    reason: 'df: /h: Stale file handle'
  });
  expect(space('/h\nwhat is this', 0)).toMatchObject({ state: 'unknown' });
  expect(space('', 1)).toMatchObject({ state: 'unknown' });
  expect(parseSpace(undefined)).toMatchObject({ state: 'unknown' });
});
