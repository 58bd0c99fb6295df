/** Reads the beginnings or ends of many files of a host in one command. */
import type { IHost } from '../../connections/hosts/host';
import { toolError } from '../../connections/hosts/file-words';

const TIMEOUT_MS = 120_000;

/** Files of one command. */
const FILES = 1000;

/**
 * The first or last bytes of each file, by its path; files that are not there are left out. Throws what
 * keeps the host from answering.
 */
export async function readParts(
  host: IHost,
  program: 'head' | 'tail',
  paths: readonly string[],
  bytes: number,
  signal: AbortSignal
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (let at = 0; at < paths.length; at += FILES) {
    const some = paths.slice(at, at + FILES);
    const result = await host.run(['xargs', '-0', program, '-v', '-c', String(bytes), '--'], {
      env: { LC_ALL: 'C' },
      stdin: some.join('\0'),
      signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: some.length * (2 * bytes + 4096)
    });
    // 123: some of them are not there (yet).
    if (result.end !== 'exited' || (result.code !== 0 && result.code !== 123)) {
      throw toolError(program, result, false);
    }
    for (const [path, text] of partsOf(result.stdout, some)) {
      texts.set(path, text);
    }
  }
  return texts;
}

/** What stands below each `==> path <==`, in the order of the paths. */
function* partsOf(stdout: string, paths: readonly string[]): Generator<[string, string]> {
  const starts: { path: string; head: number; body: number }[] = [];
  let from = 0;
  for (const path of paths) {
    const head = `==> ${path} <==\n`;
    const isHere = stdout.startsWith(head, from);
    const at = isHere ? from : stdout.indexOf(`\n${head}`, from);
    if (at >= 0) {
      const body = at + (isHere ? 0 : 1) + head.length;
      starts.push({ path, head: at, body });
      from = body;
    }
  }
  for (const [i, { path, body }] of starts.entries()) {
    yield [path, stdout.slice(body, starts[i + 1]?.head)];
  }
}
