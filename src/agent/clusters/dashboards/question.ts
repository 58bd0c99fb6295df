import { HepbatchError } from '../../../contract';
import { exchange } from './exchange';
import type { Way } from './way';

/** The longest answer; a scheduler of ten thousand workers says some 20 MB about them. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A scheduler under load may think for long. */
const TIMEOUT_MS = 30_000;

/** Asks a dashboard for a text, as the agent itself. Throws as `exchange`, and `refused`. */
export async function askText(way: Way, path: string, signal: AbortSignal): Promise<string> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const headers = { accept: 'application/json, text/plain' };
  const asked = { method: 'GET', path, headers, signal: stop, timeoutMs: TIMEOUT_MS } as const;
  const answer = await exchange(way, asked);
  if (answer.kind === 'upgraded' || answer.response.statusCode !== 200) {
    (answer.kind === 'upgraded' ? answer.stream : answer.response).destroy();
    throw notDask(way.name, `answers ${answer.response.statusCode ?? 0} where Dask says ${path}`);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer.response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_BYTES) {
        throw notDask(way.name, `says more than ${MAX_BYTES} bytes at ${path}`);
      }
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof HepbatchError) {
      throw cause;
    }
    const message = `${way.name}: the line broke in the answer to ${path}`;
    throw new HepbatchError('unreachable', message, { next: 'Try again.' }, { cause });
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The same for JSON; null where that is none. */
export async function askJson(way: Way, path: string, signal: AbortSignal): Promise<unknown> {
  const said = await askText(way, path, signal);
  try {
    return JSON.parse(said);
  } catch {
    return null; // no JSON is no answer of Dask, which the caller says in its words
  }
}

/** What a server gets that answers, but not as Dask does. */
export function notDask(name: string, what: string): HepbatchError {
  return new HepbatchError('refused', `${name} ${what}: that is no dashboard of Dask`, {
    next: 'Check the port: Dask prints the link of the dashboard when the cluster starts.'
  });
}
