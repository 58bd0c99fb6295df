import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parquetMetadata } from 'hyparquet';

/** What a parquet footer says that an audit asks for. */
export interface IFooter {
  readonly rows: number;
  /** Whether the chunk carries its sum of generator weights. */
  readonly hasSumGenw: boolean;
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
    const metadata = parquetMetadata(footer);
    const keys = metadata.key_value_metadata ?? [];
    return {
      rows: Number(metadata.num_rows),
      hasSumGenw: keys.some(({ key }) => key === 'sum_genw_presel')
    };
  } finally {
    closeSync(fd);
  }
}
