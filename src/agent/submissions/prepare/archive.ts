import { Buffer } from 'node:buffer';
import { basename, dirname } from 'node:path/posix';
import { HepbatchError } from '../../../contract';
import type { IPlannedFile } from '../plan';

const BLOCK = 512;

/** Where the fields of a header are, and how long (POSIX.1-1988, ustar). */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155]
} as const;

/** How much is handed on at once. */
const PART_BYTES = 1024 * 1024;

/**
 * Files as an archive for `tar -x`, with paths below `folder`, in parts of about a megabyte. Names are those
 * of a plan: plain ASCII of at most 100 characters. Throws `internal` for any other.
 */
export function archive(files: readonly IPlannedFile[], folder: string): Generator<Buffer> {
  files.forEach(({ path }) => needBelow(path, folder)); // before anything is read of it
  return partsOf(files, folder);
}

function* partsOf(files: readonly IPlannedFile[], folder: string): Generator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const { path, text, isProgram } of files) {
    const data = Buffer.from(text);
    const padding = Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK);
    parts.push(header(path, folder, data.length, isProgram ? 0o755 : 0o644), data, padding);
    bytes += data.length;
    if (bytes >= PART_BYTES) {
      yield Buffer.concat(parts);
      [parts, bytes] = [[], 0];
    }
  }
  yield Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function needBelow(path: string, folder: string): void {
  const isBelow = path.startsWith(`${folder}/`);
  if (!isBelow || !/^[a-z]+\/[A-Za-z0-9_.-]{1,100}$/.test(path.slice(folder.length + 1))) {
    throw new HepbatchError('internal', `${path} is no file of a plan in ${folder}`, {
      next: 'This is a fault of hepbatch: report it.'
    });
  }
}

function header(path: string, folder: string, bytes: number, mode: number): Buffer {
  const name = basename(path);
  const prefix = dirname(path).slice(folder.length + 1);
  const block = Buffer.alloc(BLOCK);
  const put = ([at, length]: readonly [number, number], text: string) =>
    block.write(text, at, length, 'latin1');
  const octal = (field: readonly [number, number], value: number) =>
    put(field, value.toString(8).padStart(field[1] - 1, '0'));
  put(FIELD.name, name);
  put(FIELD.prefix, prefix);
  octal(FIELD.mode, mode);
  octal(FIELD.uid, 0);
  octal(FIELD.gid, 0);
  octal(FIELD.size, bytes);
  octal(FIELD.mtime, 0);
  put(FIELD.type, '0');
  put(FIELD.magic, 'ustar\x0000');
  put(FIELD.checksum, ' '.repeat(8)); // as it counts in the sum
  let sum = 0;
  for (const byte of block) {
    sum += byte;
  }
  put(FIELD.checksum, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}
