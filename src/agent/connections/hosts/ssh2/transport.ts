import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ISshHop } from '../../ssh-config/hop';
import { HepbatchError } from '../../../../contract';
import { listen } from '../../../cancel';
import { lineError } from './line-error';

/** How long a host may take to answer a call, unless ConnectTimeout says otherwise. */
const CONNECT_MS = 20_000;

/** Calls the port of a host. Throws `unreachable` or `cancelled`. */
export function callHost(hop: ISshHop, signal: AbortSignal): Promise<Duplex> {
  const { title, hostname, port, family, bindAddress } = hop;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port,
      family,
      noDelay: true, // small packets wait 40 ms otherwise
      keepAlive: true,
      ...(bindAddress === null ? {} : { localAddress: bindAddress })
    });
    const timer = setTimeout(
      () => give('no answer to the call'),
      hop.connectTimeoutMs ?? CONNECT_MS
    );
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      socket.off('error', give);
    };
    const give = (cause: unknown) => {
      done();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(lineError(`${title} port ${port}`, cause, { hasAsked: false }));
    };
    const cancel = () =>
      give(new HepbatchError('cancelled', `${title}: cancelled`, { next: 'Open it again.' }));
    socket.once('error', give);
    socket.once('connect', () => {
      done();
      resolve(socket);
    });
    listen(signal, cancel);
    if (signal.aborted) {
      cancel();
    }
  });
}
