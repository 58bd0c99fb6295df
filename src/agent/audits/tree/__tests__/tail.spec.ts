import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTail } from '../tail';
import { parquetBytes } from '../../__tests__/tree';

const folder = mkdtempSync(join(tmpdir(), 'hepbatch-tail-'));
const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';

function faultOf(bytes: Buffer | string): string | null | undefined {
  const path = join(folder, 'x.parquet');
  writeFileSync(path, bytes);
  return readTail(path)?.fault;
}

/** A parquet file by pyarrow, the writer of HiggsDNA, of so many rows. */
function byPyarrow(rows: number): Buffer {
  const path = join(folder, `arrow-${rows}.parquet`);
  const script =
    'import sys, pyarrow as pa, pyarrow.parquet as pq; n = int(sys.argv[2]);' +
    'pq.write_table(pa.table({"pt": [1.0 * i for i in range(n)], "e": list(range(n))}), sys.argv[1])';
  execFileSync(python, ['-c', script, path, String(rows)]);
  return readFileSync(path);
}

describe.each([
  ['small enough for one read', 10],
  ['that needs two reads', 20_000]
])('a file of pyarrow %s', (_, rows) => {
  const whole = byPyarrow(rows);

  it('is sound whole, and at no cut of its last 64 bytes', () => {
    expect(faultOf(whole)).toBeNull();
    const path = join(folder, 'cut.parquet');
    for (let lost = 1; lost <= 64; lost += 1) {
      writeFileSync(path, whole);
      truncateSync(path, whole.length - lost);
      expect(readTail(path)?.fault, `${lost} bytes lost`).toContain('has no parquet footer');
    }
  });

  it('is not sound with another head', () => {
    const broken = Buffer.from(whole);
    broken.write('ROOT', 0, 'latin1');
    expect(faultOf(broken)).toBe('does not begin with PAR1');
  });

  it('is not sound with a footer longer than the file', () => {
    const broken = Buffer.from(whole);
    broken.writeUInt32LE(whole.length - 11, whole.length - 8);
    expect(faultOf(broken)).toContain('footer length that cannot be');
  });
});

it.each([
  ['', 'is empty (0 bytes)'],
  ['PAR1', 'is too short to be parquet (4 bytes)'],
  ['PAR1PAR1PAR', 'is too short to be parquet (11 bytes)'],
  ['PAR1\0\0\0\0PAR1', 'has a footer length that cannot be (0)']
])('%j %s', (bytes, fault) => {
  expect(faultOf(bytes)).toBe(fault);
});

it('takes a folder of that name for no chunk', () => {
  expect(readTail(folder)).toBeNull();
});

it('throws what the file system says of a file that is not there', () => {
  expect(() => readTail(join(folder, 'nowhere'))).toThrow('ENOENT');
});

it('tells size and time as the memory of tails needs them', () => {
  const path = join(folder, 'y.parquet');
  writeFileSync(path, parquetBytes());
  const { size, mtimeMs } = readTail(path) ?? {};
  expect(size).toBe(parquetBytes().length);
  expect(mtimeMs).toBeGreaterThan(0);
});
