import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parquetBytes } from '../../__tests__/tree';
import {
  HostFiles,
  type HostFault,
  type IHostEnds,
  type IHostFile,
  type Take
} from '../host-files';
import { Reader } from '../reader';
import { thisMachine } from './here';

/** A PATH with all that the program needs but Python. */
function withoutPython(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hepbatch-path-'));
  for (const name of ['sh', 'od', 'tr', 'stat', 'head', 'tail']) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(folder, name));
  }
  return folder;
}

/** All that was taken, by index. */
async function all<T>(ask: (take: Take<T>) => Promise<void>): Promise<(T | HostFault)[]> {
  const taken: (T | HostFault)[] = [];
  await ask((i, said) => (taken[i] = said));
  return taken;
}

describe.each([
  ['Python', '/usr/bin:/bin'],
  ['the shell', withoutPython()]
])('files of a host, read there by %s', (_, path) => {
  let reader: Reader;
  let files: HostFiles;
  let folder: string;
  beforeEach(() => {
    reader = new Reader({ host: thisMachine({ PATH: path }), stallMs: 60_000 });
    files = new HostFiles(lines => reader.ask(lines));
    folder = mkdtempSync(join(tmpdir(), 'hepbatch-files-'));
  });
  afterEach(() => reader.dispose());

  it('are told by size and time, links as what they lead to', async () => {
    writeFileSync(join(folder, 'a'), 'four');
    symlinkSync('a', join(folder, 'b'));
    symlinkSync('nowhere', join(folder, 'c'));
    symlinkSync('d', join(folder, 'd'));
    mkdirSync(join(folder, 'e'));
    const [a, ...rest] = await all<IHostFile>(take => files.stat(folder, 'abcdef'.split(''), take));
    expect(a).toMatchObject({ size: 4 });
    expect(rest).toEqual([
      a,
      { code: 'ENOENT' },
      { code: 'ELOOP' },
      'irregular',
      { code: 'ENOENT' }
    ]);
  });

  it('show both ends, whatever their names', async () => {
    const names = ["it's", 'two\nlines', 'back\\slash \\0101', 'Größe', ' x ', '-n', '*', '$(id)'];
    names.forEach((name, i) => writeFileSync(join(folder, name), `head${i}6789012345tail${i}`));
    const said = await all<IHostEnds>(take => files.ends(folder, names, take));
    expect(
      said.map(file => typeof file === 'object' && 'head' in file && file.head.toString())
    ).toEqual(names.map(() => 'head'));
    expect(
      said.map(file => typeof file === 'object' && 'tail' in file && file.tail.toString())
    ).toEqual(names.map((_name, i) => `345tail${i}`));
  });

  it('show their beginning', async () => {
    writeFileSync(join(folder, 'long'), 'x'.repeat(5000));
    writeFileSync(join(folder, 'short'), 'abc');
    const paths = ['long', 'short', 'none', '.'].map(name => join(folder, name));
    expect(await files.head(paths, 75)).toEqual([
      { size: 5000, bytes: Buffer.from('x'.repeat(75)) },
      { size: 3, bytes: Buffer.from('abc') },
      { code: 'ENOENT' },
      { code: 'EISDIR' }
    ]);
  });

  it('show the beginning of a footer, and nothing where there can be none', async () => {
    const bytes = parquetBytes();
    writeFileSync(join(folder, 'sound'), bytes);
    writeFileSync(join(folder, 'cut'), bytes.subarray(0, 9));
    writeFileSync(join(folder, 'odd'), Buffer.alloc(40, 0xff));
    const length = bytes.readUInt32LE(bytes.length - 8);
    const start = bytes.length - 8 - length;
    const said = await files.footers(folder, ['sound', 'cut', 'odd', 'none'], 10);
    expect(said).toEqual([
      { length, bytes: bytes.subarray(start, start + 10) },
      'irregular',
      'irregular',
      { code: 'ENOENT' }
    ]);
    const [whole] = await files.footers(folder, ['sound'], 1e6);
    expect(whole).toEqual({ length, bytes: bytes.subarray(start, start + length) });
  });

  it('are answered for in their order, thousands of them', async () => {
    const names = Array.from({ length: 2500 }, (_unused, i) => (i % 10 === 0 ? 'f' : `none${i}`));
    writeFileSync(join(folder, 'f'), 'f');
    const said = path.startsWith('/usr') ? names : names.slice(0, 50);
    const sizes = await all<IHostFile>(take => files.stat(folder, said, take));
    expect(sizes.map(file => typeof file === 'object' && 'size' in file)).toEqual(
      said.map(name => name === 'f')
    );
  });
});
