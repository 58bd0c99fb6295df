import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { HepbatchError } from '../../../contract';
import { errnoOf } from '../../errno';
import type { StreamTarget } from './host';

/** A port that does not answer at all is given up, as TCP itself would after minutes. */
const TIMEOUT_MS = 20_000;

/** What a target is called in words. */
export function nameTarget(target: StreamTarget): string {
  return 'port' in target ? `${target.host}:${target.port}` : target.socketPath;
}

/** A stream to a port or a socket that this machine reaches. Throws `unreachable` or `denied`. */
export function connectHere(target: StreamTarget): Promise<Socket> {
  const name = nameTarget(target);
  return new Promise((resolve, reject) => {
    const socket = createConnection({
      ...('port' in target ? target : { path: target.socketPath }),
      allowHalfOpen: true,
      noDelay: true
    });
    const fail = (why: string, cause?: Error) => {
      socket.destroy();
      const isDenied = ['EACCES', 'EPERM'].includes(errnoOf(cause) ?? '');
      reject(streamError(name, why, isDenied, cause));
    };
    const onError = (cause: Error) => fail(cause.message, cause);
    const timer = setTimeout(() => fail('no answer'), TIMEOUT_MS);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

/** What a stream gets that cannot be opened. */
export function streamError(
  name: string,
  why: string,
  isDenied: boolean,
  cause?: unknown
): HepbatchError {
  return new HepbatchError(
    isDenied ? 'denied' : 'unreachable',
    `${name}: ${why}`,
    { next: isDenied ? 'Ask who runs that host.' : 'Check that the program there still runs.' },
    { cause }
  );
}
