import { mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HepbatchError } from '../contract';
import { errnoOf } from './errno';
import { fileError } from './record';

/** A lock that this process holds. */
export interface ILock {
  /** False once somebody removed it behind our back, for example a clean-up of old files. */
  isHeld(): boolean;
  /** Keeps what removes old files from taking the lock for one. */
  touch(): void;
  /** Gives the lock up; never throws, and never takes another one's. */
  release(): void;
}

/** The lock, or the process that has it. */
export type Acquired =
  | { readonly lock: ILock; readonly holder: null }
  | { readonly lock: null; readonly holder: number };

/** Attempts before giving up; each one fails only because another process moved in between. */
const ATTEMPTS = 100;

/**
 * Takes the lock at `path`, or says who has it. Throws `corrupt` or `denied`.
 *
 * The lock is a folder that holds one file, named after its holder. A folder can be renamed over
 * an empty one and over nothing else, in one step, so of many takers one wins. A dead holder's
 * file is removed by its name, which no other holder shares, so that nobody can remove the lock of
 * one who was faster: this is why it is not a plain file.
 */
export function acquireLock(path: string): Acquired {
  const claim = identityOf(process.pid) ?? `${process.pid}-0`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (moveIn(path, claim)) {
      return { lock: lockOf(path, claim), holder: null };
    }
    for (const name of holdersOf(path)) {
      const pid = Number(/^(\d+)-\d+$/.exec(name)?.[1] ?? NaN);
      if (Number.isNaN(pid)) {
        const next = `Remove ${path} if no agent of yours runs.`;
        throw new HepbatchError('corrupt', `${path}: ${name} is not the name of a process`, {
          next
        });
      }
      if (identityOf(pid) === name) {
        return { lock: null, holder: pid };
      }
      removeIfThere(() => unlinkSync(join(path, name)));
    }
  }
  const next = 'Try again; if it stays, remove the lock.';
  throw new HepbatchError('conflict', `${path}: ${ATTEMPTS} others took the lock`, { next });
}

/** True when our claim became the lock; false when somebody's claim is there already. */
function moveIn(path: string, claim: string): boolean {
  const own = attempt(path, () => mkdtempSync(`${path}.`));
  try {
    writeFileSync(join(own, claim), '', { mode: 0o600 });
    renameSync(own, path);
    return true;
  } catch (cause) {
    rmSync(own, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(errnoOf(cause) ?? '')) {
      return false;
    }
    if (errnoOf(cause) === 'ENOTDIR') {
      const next = `Remove ${path}.`;
      throw new HepbatchError('corrupt', `${path}: a lock is a folder`, { next }, { cause });
    }
    return fileError(path)(cause);
  }
}

function holdersOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    return errnoOf(cause) === 'ENOENT' ? [] : fileError(path)(cause); // released just now
  }
}

function lockOf(path: string, claim: string): ILock {
  const file = join(path, claim);
  const isHeld = () => holdersOf(path).includes(claim);
  return {
    isHeld,
    touch: () => {
      const now = new Date();
      removeIfThere(() => utimesSync(file, now, now));
      removeIfThere(() => utimesSync(path, now, now));
    },
    release: () => {
      removeIfThere(() => unlinkSync(file));
      removeIfThere(() => rmdirSync(path)); // refused where a next holder has moved in
    }
  };
}

/**
 * A name that a process shares with no other, dead or alive: its number and, on Linux, when it
 * started. Null where it is gone, also where it ended and its parent has not asked how: such a
 * zombie is what a killed agent is while Jupyter runs on.
 */
function identityOf(pid: number): string | null {
  if (process.platform !== 'linux') {
    return isThere(pid) ? `${pid}-0` : null;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces and brackets.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = rest[18]; // field 22 of proc(5); `state` is field 3
    return state === 'Z' || state === 'X' || startTime === undefined ? null : `${pid}-${startTime}`;
  } catch {
    return null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return errnoOf(cause) === 'EPERM';
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    return fileError(path)(cause);
  }
}

/** What another process removed first, or moved into, is as good as removed. */
function removeIfThere(remove: () => void): void {
  try {
    remove();
  } catch {
    // nothing to do: the next look at the folder tells
  }
}
