import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HepbatchError } from '../contract';
import { acquireLock } from './lock';
import type { Acquired } from './lock';

/** How long the holder of the lock may take to listen, or to end, in milliseconds. */
const PATIENCE_MS = 10_000;
const STEP_MS = 20;

/**
 * The agent's lock, or the process that has it and answers on the socket. A holder that does not
 * answer yet is starting, one that does not answer any more is ending: both are waited for.
 * Throws `timed-out` where neither comes to pass.
 */
export async function takeLock(
  path: string,
  socket: string,
  patienceMs = PATIENCE_MS
): Promise<Acquired> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const taken = acquireLock(path);
    if (taken.lock !== null || (await answers(socket))) {
      return taken;
    }
    if (Date.now() >= until) {
      const message = `${socket}: process ${taken.holder} has the lock but does not answer`;
      const next = `End process ${taken.holder} (kill ${taken.holder}) and try again.`;
      throw new HepbatchError('timed-out', message, { next });
    }
    await sleep(STEP_MS);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
