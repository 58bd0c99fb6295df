/** What the stderr of jobs says, of many in one command. */
import type { IHost } from '../../connections/hosts/host';
import { lastWords } from './exception';
import { readParts } from './file-parts';

/** A traceback and its exception fit in; what came before them tells less. */
const TAIL_BYTES = 8192;

/**
 * What the end of each file says in one line, by its path; files that are not there are left out.
 * Throws what keeps the host from answering.
 */
export async function readErrors(
  host: IHost,
  paths: readonly string[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, string>> {
  const texts = await readParts(host, 'tail', paths, TAIL_BYTES, signal);
  return new Map([...texts].map(([path, text]) => [path, lastWords(text)]));
}
