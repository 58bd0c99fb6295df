import { HepbatchError } from '../contract';
import type { LogPiece } from '../contract';
import type { IHost } from './connections/hosts/host';

/**
 * A part of a log on a host; a negative offset counts from its end. No character is torn at its end.
 * Throws `not-found`, `denied`.
 */
export async function readPiece(
  host: IHost,
  path: string,
  offset: number,
  most: number
): Promise<LogPiece> {
  const size = (await host.stat(path))?.bytes;
  if (size === undefined) {
    throw new HepbatchError('not-found', `${path}: no such log`, { next: 'Ask for the list.' });
  }
  const start = offset < 0 ? Math.max(0, size + offset) : Math.min(offset, size);
  const length = Math.min(most, size - start);
  const data =
    length === 0
      ? Buffer.alloc(0)
      : await host.read(path, { maxBytes: most, offset: start, length });
  const whole = start + data.length < size ? data.subarray(0, wholeCharacters(data)) : data;
  return { text: whole.toString('utf8'), offset: start, next: start + whole.length, size };
}

/** Where to cut, so that no character of several bytes is torn. */
function wholeCharacters(data: Buffer): number {
  for (let back = 1; back <= Math.min(4, data.length); back += 1) {
    const byte = data[data.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) {
      const bytes = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return bytes > back ? data.length - back : data.length;
    }
  }
  return data.length;
}
