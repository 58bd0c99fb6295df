import { setMaxListeners } from 'node:events';
import { HepbatchError } from '../contract';

/**
 * Waits for `work`, but not longer than until the signal comes: then it throws `cancelled` at once
 * and nobody waits for `work` any more. `what` begins the message.
 */
export async function untilCancelled<T>(
  what: string,
  work: Promise<T>,
  signal: AbortSignal
): Promise<T> {
  work.catch(() => undefined); // where the signal was first, its error has no other reader
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () =>
      reject(
        new HepbatchError('cancelled', `${what}: cancelled`, { next: 'Start the audit again.' })
      );
  });
  listen(signal, stop);
  if (signal.aborted) {
    stop();
  }
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Calls `stop` when the signal comes. One signal ends a whole audit, so it has many listeners. */
export function listen(signal: AbortSignal, stop: () => void): void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', stop, { once: true });
}
