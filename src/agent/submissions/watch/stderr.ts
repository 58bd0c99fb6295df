/** Reads the ends of the stderr of jobs, of many in one command. */
import type { IHost } from '../../connections/hosts/host';
import { toolError } from '../../connections/hosts/file-words';
import { lastWords } from './exception';

/** A traceback and its exception fit in; what came before them tells less. */
const TAIL_BYTES = 8192;

const TIMEOUT_MS = 60_000;

/**
 * What the end of each file says in one line, by its path; files that are not there are left out.
 * Throws what keeps the host from answering.
 */
export async function readErrors(
  host: IHost,
  paths: readonly string[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) {
    return new Map();
  }
  const result = await host.run(['xargs', '-0', 'tail', '-v', '-c', String(TAIL_BYTES), '--'], {
    env: { LC_ALL: 'C' },
    stdin: paths.join('\0'),
    signal,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: 2 * paths.length * (TAIL_BYTES + 4096)
  });
  // 123: some of them are not there (yet).
  if (result.end !== 'exited' || (result.code !== 0 && result.code !== 123)) {
    throw toolError('stderr of jobs', result, false);
  }
  return new Map([...tailsOf(result.stdout, paths)].map(([path, text]) => [path, lastWords(text)]));
}

/** Parts of what `tail -v` prints, in the order of the paths. */
function* tailsOf(stdout: string, paths: readonly string[]): Generator<[string, string]> {
  const starts: { path: string; head: number; body: number }[] = [];
  let from = 0;
  for (const path of paths) {
    const head = `==> ${path} <==\n`;
    const at = stdout.startsWith(head, from) ? from : stdout.indexOf(`\n${head}`, from);
    if (at >= 0) {
      const begin = stdout.startsWith(head, at) ? at : at + 1;
      starts.push({ path, head: at, body: begin + head.length });
      from = begin + head.length;
    }
  }
  for (const [i, { path, body }] of starts.entries()) {
    yield [path, stdout.slice(body, starts[i + 1]?.head)];
  }
}
