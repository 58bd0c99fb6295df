/** Work on a submission that nobody else may do at the same time, on this machine or another one. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { HepbatchError } from '../../../contract';
import { acquireLock } from '../../lock';
import type { ILock } from '../../lock';

/** A node that was not heard of for so long is taken for dead; its jobs are fenced in any case. */
const STALE_MS = 10 * 60_000;
const TOUCH_MS = 60_000;

/**
 * Does the work while the lock in `folder` is held. `isHeld` is asked before each step that cannot be
 * taken back: a machine that slept may have lost the lock. Throws `conflict` where somebody is at it.
 */
export async function exclusively<T>(
  folder: string,
  work: (isHeld: () => boolean) => Promise<T>,
  node = hostname()
): Promise<T> {
  const path = join(folder, 'lock');
  const shared = { node: node.replace(/[^A-Za-z0-9.-]/g, '_'), staleMs: STALE_MS };
  const taken = acquireLock(path, shared);
  if (taken.lock === null) {
    const where = taken.node === undefined ? 'here' : `on ${taken.node}`;
    throw new HepbatchError(
      'conflict',
      `${folder}: process ${taken.holder} ${where} is at this submission`,
      { next: 'Wait until it is done there; nothing was sent twice.' }
    );
  }
  const { lock } = taken;
  const beat = setInterval(() => touch(lock), TOUCH_MS);
  beat.unref();
  try {
    return await work(() => lock.isHeld());
  } finally {
    clearInterval(beat);
    lock.release();
  }
}

function touch(lock: ILock): void {
  lock.touch();
}
