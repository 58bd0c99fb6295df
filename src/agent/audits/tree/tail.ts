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
  const fault = faultOfSize(size);
  if (fault !== null) {
    return fault;
  }
  // One read shows both ends of a small file; a large one needs two.
  let end = size;
  if (size <= SMALL) {
    if (readSync(fd, buffer, 0, size, 0) !== size) {
      return SHORTER;
    }
  } else {
    end = 12;
    const head = readSync(fd, buffer, 0, 4, 0);
    if (head !== 4 || readSync(fd, buffer, 4, 8, size - 8) !== 8) {
      return SHORTER;
    }
  }
  return faultOfEnds(size, {
    head: buffer.readUInt32BE(0),
    footer: buffer.readUInt32LE(end - 8),
    tail: buffer.readUInt32BE(end - 4)
  });
}

/** What is said of a chunk whose ends could not be read though its size promised them. */
export const SHORTER = 'became shorter while it was read';

/** What is wrong with a chunk of that size whatever is in it, or null. */
export function faultOfSize(size: number): string | null {
  if (size === 0) {
    return 'is empty (0 bytes)';
  }
  return size < 12 ? `is too short to be parquet (${size} bytes)` : null;
}

/** What its first 4 bytes, its footer length and its last 4 bytes say against a chunk, or null. */
export function faultOfEnds(
  size: number,
  { head, footer, tail }: { head: number; footer: number; tail: number }
): string | null {
  if (head !== MAGIC) {
    return 'does not begin with PAR1';
  }
  if (tail !== MAGIC) {
    return `has no parquet footer (${size} bytes, cut off)`;
  }
  // Magic, footer and tail share the file: 4 + footer + 8 bytes at least, and no footer is empty.
  return footer === 0 || footer > size - 12
    ? `has a footer length that cannot be (${footer})`
    : null;
}
