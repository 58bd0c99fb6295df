import { HepbatchError } from '../../../contract';
import { codeInPlain } from '../in-plain';
import { HostFiles } from '../there/host-files';
import type { HostFault, IHostHead } from '../there/host-files';
import type { Reader } from '../there/reader';
import { HEADER_BYTES, parseHeader } from './header';
import { DEFINITE, type HeaderRead } from './local-headers';

/** Reads the headers of files on another host. Rejects where that host cannot be asked. */
export async function readHeadersThere(
  reader: Reader,
  paths: readonly string[]
): Promise<HeaderRead[]> {
  const files = new HostFiles(lines => reader.ask(lines));
  return (await files.head(paths, HEADER_BYTES)).map(headerOf);
}

function headerOf(said: IHostHead | HostFault): HeaderRead {
  if (said === 'irregular') {
    return { error: DEFINITE['ENXIO'] ?? '', transport: false };
  }
  if ('code' in said) {
    const words = DEFINITE[said.code];
    return words === undefined
      ? { error: codeInPlain(said.code), transport: true }
      : { error: words, transport: false };
  }
  try {
    return { header: parseHeader(said.bytes), size: said.size };
  } catch (error) {
    if (error instanceof HepbatchError) {
      return { error: error.message, transport: false };
    }
    throw error;
  }
}
