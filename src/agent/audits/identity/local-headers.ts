import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { HepbatchError } from '../../../contract';
import type { IRootHeader } from './header';
import { HEADER_BYTES, parseHeader } from './header';

/** One header, or why there is none; `transport`: the file may be fine, its disk did not answer. */
export type HeaderRead =
  | { readonly header: IRootHeader; readonly size: number | null }
  | { readonly error: string; readonly transport: boolean };

/** What the file system says of the file itself; anything else is the fault of the disk. */
export const DEFINITE: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'no such file',
  ELOOP: 'its symbolic links lead nowhere',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'not a regular file',
  ERR_INVALID_ARG_VALUE: 'its name is not a path'
};

/** Reads the header of a local file; a mount that does not answer is given up after `timeoutMs`. */
export async function readLocalHeader(path: string, timeoutMs: number): Promise<HeaderRead> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HeaderRead>(resolve => {
    timer = setTimeout(() => {
      resolve({ error: `the disk did not answer within ${timeoutMs / 1000} s`, transport: true });
    }, timeoutMs);
  });
  try {
    return await Promise.race([readNow(path), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readNow(path: string): Promise<HeaderRead> {
  try {
    // Without O_NONBLOCK a named pipe would hold one of the few threads of Node for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) {
        const error = stat.isDirectory() ? 'is a directory' : 'not a regular file';
        return { error, transport: false };
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      return { header: parseHeader(buffer.subarray(0, bytesRead)), size: stat.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof HepbatchError) {
      return { error: error.message, transport: false };
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const words = DEFINITE[code];
    return words === undefined
      ? { error: error instanceof Error ? error.message : String(error), transport: true }
      : { error: words, transport: false };
  }
}
