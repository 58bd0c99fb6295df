import { spawnSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asBedUser } from '../../../__tests__/test-bed';
import type { IPlan } from '../../plan';
import { write } from './planned';

/** A folder of the user of the bed, who runs the jobs. */
export async function bedFolder(): Promise<string> {
  const made = await asBedUser(['mktemp', '-d', '/tmp/prepare-XXXXXX']);
  return made.stdout.trim();
}

/** Writes a plan so that it is the bed user's. */
export async function writeForBed(plan: IPlan, base: string, user: string): Promise<void> {
  await write(plan);
  if (process.getuid?.() === 0) {
    spawnSync('chown', ['-R', user, base]);
  }
}

/** Runs a program there; throws with its words where it fails. */
export async function bed(...argv: string[]): Promise<string> {
  const result = await asBedUser(argv);
  if (result.end !== 'exited' || result.code !== 0) {
    throw new Error(`${argv.join(' ')}: ${JSON.stringify(result)}`);
  }
  return result.stdout;
}

/** The argument lists that the recorder wrote into a folder, sorted. */
export async function recorded(folder: string): Promise<string[][]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.argv'));
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
  return texts.map(text => text.split('\0').slice(0, -1)).sort();
}

/** Asks until it is as wanted; fails with what it was last. */
export async function until<T>(ask: () => Promise<T>, isWanted: (now: T) => boolean): Promise<T> {
  const end = Date.now() + 90_000;
  for (;;) {
    const now = await ask();
    if (isWanted(now)) {
      return now;
    }
    if (Date.now() > end) {
      throw new Error(`it is ${JSON.stringify(now)}`);
    }
    await new Promise(done => setTimeout(done, 500));
  }
}
