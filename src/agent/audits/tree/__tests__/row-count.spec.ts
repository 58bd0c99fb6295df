import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { beforeAll, expect, it } from 'vitest';
import { parquetBytes } from '../../__tests__/tree';
import { readRows } from '../footers';
import { FOOTER_BYTES, FooterTooShort, rowCountOf } from '../row-count';

const folder = mkdtempSync(join(tmpdir(), 'hepbatch-rows-'));
const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';

function footerOf(file: Buffer): Buffer {
  const length = file.readUInt32LE(file.length - 8);
  return file.subarray(file.length - 8 - length, -8);
}

const SHAPES = [
  [1, 1],
  [7, 5],
  [300, 40],
  [2, 1200]
] as const;

/** Parquet files by pyarrow, the writer of HiggsDNA: columns of all kinds, and metadata. */
const WRITE = `
import sys, pyarrow as pa, pyarrow.parquet as pq
kinds = [float, str, lambda i: [i], lambda i: {"a": i, "b": [str(i)]}, lambda i: i % 2 == 0]
for shape in sys.argv[2:]:
    rows, columns = map(int, shape.split("-"))
    table = {f"a_long_name_of_a_column_{c}": [kinds[c % 5](i) for i in range(rows)] for c in range(columns)}
    table = pa.table(table).replace_schema_metadata({"sum_genw_presel": "3.0"})
    pq.write_table(table, f"{sys.argv[1]}/{shape}.parquet")
`;
beforeAll(() => {
  execFileSync(python, ['-c', WRITE, folder, ...SHAPES.map(shape => shape.join('-'))]);
}, 60_000);

it.each(SHAPES)('finds the %i rows of %i columns of pyarrow', (rows, columns) => {
  const path = join(folder, `${rows}-${columns}.parquet`);
  const footer = footerOf(readFileSync(path));
  expect(rowCountOf(footer)).toBe(rows);
  expect(readRows(path)).toBe(rows);
  // Of a part it says that more is needed, up to somewhere; what comes after is not looked at.
  const isEnough = (bytes: number) => {
    try {
      return rowCountOf(footer.subarray(0, bytes)) === rows;
    } catch (error) {
      expect(error).toBeInstanceOf(FooterTooShort);
      return false;
    }
  };
  let [short, enough] = [0, footer.length];
  while (enough - short > 1) {
    const middle = (short + enough) >> 1;
    [short, enough] = isEnough(middle) ? [short, middle] : [middle, enough];
  }
  expect(enough).toBeLessThan(footer.length / 2);
  expect(enough > FOOTER_BYTES).toBe(columns > 1000);
});

it('agrees with hyparquet', () => {
  fc.assert(
    fc.property(fc.nat({ max: 300 }), rows => {
      const file = parquetBytes(rows);
      const { num_rows } = parquetMetadata(new Uint8Array(file).buffer);
      expect(rowCountOf(footerOf(file))).toBe(Number(num_rows));
    })
  );
});

it('takes whatever bytes for a number, for more to come, or for no footer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      try {
        expect(rowCountOf(bytes)).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    })
  );
  expect(readRows(join(folder, 'none.parquet'))).toBeNull();
});
