import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../../../contract';
import { errnoOf } from '../../../errno';
import { fileError } from '../../../record';

/** The longest path of a socket, and what ssh adds to one while it makes it. */
const SOCKET_PATH_BYTES = 107;
const ADDED_BYTES = 17;

/** Names of our folders hold the process that made them. */
const NAME = /^ssh-(\d+)-[0-9a-f]{6}$/;

/**
 * Makes the folder of one connection: the sockets of its master, questions and forwards. What agents
 * that are no more left behind is removed first. Throws `unsupported` where its path is too long.
 */
export async function makeLineFolder(runtime: string): Promise<string> {
  await removeStale(runtime);
  const name = `ssh-${process.pid}-${randomBytes(3).toString('hex')}`;
  const folder = join(runtime, name);
  const bytes = Buffer.byteLength(join(folder, 'm')) + ADDED_BYTES;
  // A colon or blank would end the path where ssh reads it, a percent sign or dollar begin something.
  if (bytes > SOCKET_PATH_BYTES || /[:%$\s\\[\]]/.test(folder)) {
    const what = bytes > SOCKET_PATH_BYTES ? 'is too long' : 'has characters that ssh cannot take';
    throw new HepbatchError('unsupported', `${folder}: ${what} for the sockets of ssh`, {
      next: 'Set XDG_RUNTIME_DIR or TMPDIR to a shorter, plain folder of yours on a local disk.'
    });
  }
  await mkdir(folder, { mode: 0o700 }).catch(fileError(folder));
  return folder;
}

async function removeStale(runtime: string): Promise<void> {
  const names = await readdir(runtime).catch(fileError(runtime));
  const stale = names.filter(name => {
    const [, owner] = NAME.exec(name) ?? [];
    return owner !== undefined && !isAlive(Number(owner));
  });
  await Promise.all(stale.map(name => rm(join(runtime, name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return errnoOf(cause) !== 'ESRCH';
  }
}
