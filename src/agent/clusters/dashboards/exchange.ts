import { request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { HepbatchError } from '../../../contract';
import { listen } from '../../cancel';
import { errnoOf } from '../../errno';
import type { Way } from './way';

/** What is asked of a dashboard; `path` begins with a slash, the prefix comes before it. */
export interface IAsked {
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly signal: AbortSignal;
  /** How long the first line of the answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** How a dashboard answered: with a body to be read, or by changing to another protocol. */
export type Answer =
  | { readonly kind: 'body'; readonly response: IncomingMessage }
  | {
      readonly kind: 'upgraded';
      readonly response: IncomingMessage;
      readonly stream: Duplex;
      readonly head: Buffer;
    };

/**
 * Sends one request on a stream of its own. Whoever gets the answer ends its stream. Throws
 * `unreachable`, `connection-lost`, `denied`, `timed-out`; `refused` for what is no HTTP.
 */
export async function exchange(way: Way, asked: IAsked): Promise<Answer> {
  const stream = await way.connect();
  // The answer may be over, or given up, when the line breaks at last.
  stream.on('error', () => undefined);
  const { method, headers, signal, timeoutMs } = asked;
  const late = { is: false };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const sent = request({
        createConnection: () => stream,
        method,
        path: way.prefix + asked.path,
        headers: { ...headers, host: way.name }
      });
      const timer = setTimeout(() => {
        late.is = true;
        sent.destroy(new Error('no answer'));
      }, timeoutMs);
      listen(signal, () => sent.destroy(new Error('not wanted any more')));
      sent.once('close', () => clearTimeout(timer));
      sent.on('error', reject);
      sent.on('response', response => {
        clearTimeout(timer);
        response.once('close', () => stream.destroy());
        resolve({ kind: 'body', response });
      });
      sent.on('upgrade', (response, upgraded, head) => {
        clearTimeout(timer);
        resolve({ kind: 'upgraded', response, stream: upgraded, head });
      });
      sent.end();
      if (signal.aborted) {
        sent.destroy(new Error('not wanted any more'));
      }
    });
  } catch (cause) {
    stream.destroy();
    throw asFailure(way.name, late.is ? timeoutMs : null, cause);
  }
}

function asFailure(name: string, lateMs: number | null, cause: unknown): HepbatchError {
  if (lateMs !== null) {
    const message = `${name}: no answer within ${lateMs / 1000} s; it may be busy`;
    return new HepbatchError('timed-out', message, { next: 'Wait, and try again.' }, { cause });
  }
  // Codes of Node's parser begin so: what came is no HTTP, or has headers of endless length.
  if (errnoOf(cause)?.startsWith('HPE_') === true) {
    const message = `${name}: what answers there does not speak as a web server does`;
    const next = 'Check the port: it is the one of the dashboard, not of the scheduler.';
    return new HepbatchError('refused', message, { next }, { cause });
  }
  const message = `${name}: the line was closed before it answered`;
  const next = 'Check that the scheduler still runs.';
  return new HepbatchError('unreachable', message, { next }, { cause });
}
