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
export function* archive(files: readonly IPlannedFile[], folder: string): Generator<Buffer> {
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

function header(path: string, folder: string, bytes: number, mode: number): Buffer {
  const name = basename(path);
  const prefix = dirname(path).slice(folder.length + 1);
  const isBelow = path.startsWith(`${folder}/`) && /^[a-z]+$/.test(prefix);
  if (!isBelow || !/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new HepbatchError('internal', `${path} is no file of a plan in ${folder}`, {
      next: 'This is a fault of hepbatch: report it.'
    });
  }
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
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(FIELD.checksum, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}
