import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What opening a chunk showed; `fault` is null for a chunk whose both ends are sound. */
export interface ITail {
  readonly size: number;
  readonly mtimeMs: number;
  readonly fault: string | null;
}

const MAGIC = 0x50415231; // 'PAR1'
const SMALL = 4096;
const buffer = Buffer.alloc(SMALL);

/**
 * Opens a parquet file once and looks at its first 4 and last 8 bytes: `PAR1`, and a footer
 * length that fits. Rows are not read. What is no regular file is no chunk: null. Throws what `open`, `fstat` and `read` throw.
 * Source: the Parquet format; a killed writer leaves no footer.
 */
export function readTail(path: string): ITail | null {
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd);
    const { size, mtimeMs } = stat;
    return stat.isFile() ? { size, mtimeMs, fault: faultOf(fd, size) } : null;
  } finally {
    closeSync(fd);
  }
}

function faultOf(fd: number, size: number): string | null {
  if (size === 0) {
    return 'is empty (0 bytes)';
  }
  if (size < 12) {
    return `is too short to be parquet (${size} bytes)`;
  }
  // One read shows both ends of a small file; a large one needs two.
  let end = size;
  if (size <= SMALL) {
    if (readSync(fd, buffer, 0, size, 0) !== size) {
      return 'became shorter while it was read';
    }
  } else {
    end = 12;
    const head = readSync(fd, buffer, 0, 4, 0);
    if (head !== 4 || readSync(fd, buffer, 4, 8, size - 8) !== 8) {
      return 'became shorter while it was read';
    }
  }
  if (buffer.readUInt32BE(0) !== MAGIC) {
    return 'does not begin with PAR1';
  }
  if (buffer.readUInt32BE(end - 4) !== MAGIC) {
    return `has no parquet footer (${size} bytes, cut off)`;
  }
  const footer = buffer.readUInt32LE(end - 8);
  // Magic, footer and tail share the file: 4 + footer + 8 bytes at least, and no footer is empty.
  return footer === 0 || footer > size - 12
    ? `has a footer length that cannot be (${footer})`
    : null;
}
