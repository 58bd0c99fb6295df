import { HepbatchError } from '../../../contract';
import type { IHostEntry } from './host';

/** The kind of what has this mode. */
export function fileKind(mode: number): IHostEntry['kind'] {
  const type = mode & 0o170000;
  return type === 0o040000 ? 'folder' : type === 0o100000 ? 'file' : 'other';
}

/** Throws `bad-request` for a path that would depend on where a program stands, or holds a NUL. */
export function needAbsolute(path: string): void {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new HepbatchError('bad-request', `${JSON.stringify(path)} is no absolute path`, {
      next: 'Give a path that begins with /.'
    });
  }
}

/** What a file gets that is longer than its reader takes. */
export function tooLong(where: string, maxBytes: number): HepbatchError {
  return new HepbatchError('refused', `${where}: is longer than ${maxBytes} bytes`, {
    next: 'Look at it in parts, or choose another file.'
  });
}
