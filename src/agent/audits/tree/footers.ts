import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parquetMetadata } from 'hyparquet';
import { FOOTER_BYTES, FooterTooShort, LONGEST_FOOTER_BYTES, rowCountOf } from './row-count';

/** What a parquet footer says that an audit asks for. */
export interface IFooter {
  readonly rows: number;
  /** Whether the chunk carries its sum of generator weights. */
  readonly hasSumGenw: boolean;
}

/** Parses the end of a parquet file, its footer and the 8 bytes after it. Throws on whatever is none. */
export function parseFooter(end: ArrayBuffer): IFooter {
  const metadata = parquetMetadata(end);
  const keys = metadata.key_value_metadata ?? [];
  return {
    rows: Number(metadata.num_rows),
    hasSumGenw: keys.some(({ key }) => key === 'sum_genw_presel')
  };
}

/** Reads and parses the footer of one parquet file. Throws on whatever is no parquet file. */
export function readFooter(path: string): IFooter {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const length = Buffer.alloc(4);
    readSync(fd, length, 0, 4, size - 8);
    const bytes = Math.min(length.readUInt32LE(0) + 8, size);
    const footer = new ArrayBuffer(bytes);
    readSync(fd, new Uint8Array(footer), 0, bytes, size - bytes);
    return parseFooter(footer);
  } finally {
    closeSync(fd);
  }
}

/** The number of rows of one parquet file; null where it cannot be read: then it is no evidence. */
export function readRows(path: string): number | null {
  try {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      const length = Buffer.alloc(4);
      readSync(fd, length, 0, 4, size - 8);
      const footer = length.readUInt32LE(0);
      const read = (most: number) => {
        const bytes = Buffer.alloc(Math.min(footer, most));
        return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, size - 8 - footer));
      };
      return rowsIn(read(FOOTER_BYTES)) ?? rowsIn(read(LONGEST_FOOTER_BYTES)) ?? null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null; // no evidence is taken from what cannot be read
  }
}

/** The number of rows; undefined where more of the footer is needed. Throws where it is no footer. */
export function rowsIn(footer: Uint8Array): number | undefined {
  try {
    return rowCountOf(footer);
  } catch (error) {
    if (error instanceof FooterTooShort) {
      return undefined;
    }
    throw error;
  }
}
