import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Tree } from '../../__tests__/tree';
import { PathsThere, readJsonThere } from '../paths';
import { auditOf } from './both-ways';
import { thisMachine } from './here';

const home = mkdtempSync(join(tmpdir(), 'hepbatch-home-'));
const there = { key: 'there', host: thisMachine({ HOME: home }) };

it.each([
  ['/a/b', '/a/b'],
  ['~', home],
  ['~/a/b', join(home, 'a/b')],
  ['a/b', join(home, 'a/b')],
  ['../a', join(home, '../a')]
])('%s is %s there', async (path, absolute) => {
  expect(await new PathsThere(there).absolute(path)).toBe(absolute);
});

it('says what to do where the home folder is not told', async () => {
  const host = thisMachine({ HOME: '' });
  const asked = new PathsThere({ key: 'there', host }).absolute('a');
  await expect(asked).rejects.toMatchObject({ code: 'unreachable' });
  expect(await new PathsThere({ key: 'there', host }).absolute('/a')).toBe('/a');
});

it('reads JSON there, and says which file is wrong and on which host', async () => {
  const read = readJsonThere(there);
  writeFileSync(join(home, 'a.json'), '\uFEFF{"Größe": [1]}');
  writeFileSync(join(home, 'b.json'), '{"a": [1,]}');
  expect(await read(join(home, 'a.json'), 'The samples JSON')).toEqual({ Größe: [1] });
  await expect(read(join(home, 'b.json'), 'The samples JSON')).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('b.json on this machine is not valid JSON') as unknown
  });
  await expect(read(join(home, 'c.json'), 'The events file')).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('The events file') as unknown
  });
});

/** A ROOT file of a header alone. */
function rootFile(last: number): Buffer {
  const bytes = Buffer.alloc(63);
  bytes.write('root');
  bytes.writeUInt32BE(63_200, 4);
  bytes.writeUInt32BE(63, 12);
  bytes.writeUInt8(last, 62);
  return bytes;
}

it('finds input files with relative names beside a samples JSON there, else in the home folder', async () => {
  const tree = new Tree();
  tree.samples['A'] = ['sub/x.root'];
  tree.chunk('A/nominal/00000000-0000-0000-0000-000000000001_Events_0-10.parquet');
  for (const [folder, last] of [
    [tree.root, 1],
    [home, 2]
  ] as const) {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/x.root'), rootFile(last));
  }
  const more = { on: 'there', convention: 'Legacy', expected: 'none' } as const;
  const beside = await auditOf(tree, { ...more, inputsOn: 'there' }, there.host);
  expect(beside).toContain('"complete": 1');
  const atHome = await auditOf(tree, more, there.host);
  expect(atHome).toContain('"id":"00000000-0000-0000-0000-000000000002"');
  expect(atHome).toContain('"missing": 1');
});

it('takes samples and events that lie there', async () => {
  const tree = new Tree();
  tree.input('A', 'f', 10);
  tree.chunk('A/nominal/f_Events_0-10.parquet');
  expect(await auditOf(tree, { on: 'there', inputsOn: 'there' })).toContain('"complete": 1');
});
