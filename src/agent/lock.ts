import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { rmdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { writeSync } from 'node:fs';
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

/** The lock, or the process that has it; `node` where it runs on another machine. */
export type Acquired =
  | { readonly lock: ILock; readonly holder: null }
  | { readonly lock: null; readonly holder: number; readonly node?: string };

/** For a lock in a folder that several machines see. */
export interface IShared {
  /** The name of this machine, which no other one that sees the folder has. */
  readonly node: string;
  /**
   * Whether a process of another machine lives cannot be asked: its lock counts as left behind once
   * it was not touched for so long, by the clock of the file system.
   */
  readonly staleMs: number;
}

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
export function acquireLock(path: string, shared: IShared | null = null): Acquired {
  const own = identityOf(process.pid) ?? `${process.pid}-0`;
  const claim = shared === null ? own : `${own}@${shared.node}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { isOurs, nowMs } = moveIn(path, claim);
    if (isOurs) {
      return { lock: lockOf(path, claim), holder: null };
    }
    for (const name of holdersOf(path)) {
      const [, number = NaN, node = null] = /^(\d+)-\d+(?:@(.+))?$/.exec(name) ?? [];
      const pid = Number(number);
      if (Number.isNaN(pid)) {
        const next = `Remove ${path} if no agent of yours runs.`;
        throw new HepbatchError('corrupt', `${path}: ${name} is not the name of a process`, {
          next
        });
      }
      if (node !== null && node !== shared?.node) {
        if (shared === null || isFresh(join(path, name), nowMs - shared.staleMs)) {
          return { lock: null, holder: pid, node };
        }
      } else if (identityOf(pid) === name.split('@')[0]) {
        return { lock: null, holder: pid };
      }
      removeIfThere(() => unlinkSync(join(path, name)));
    }
  }
  const next = 'Try again; if it stays, remove the lock.';
  throw new HepbatchError('conflict', `${path}: ${ATTEMPTS} others took the lock`, { next });
}

/** Whether our claim became the lock, or somebody's is there; and what time the file system has. */
function moveIn(path: string, claim: string): { readonly isOurs: boolean; readonly nowMs: number } {
  const own = attempt(path, () => mkdtempSync(`${path}.`));
  let nowMs = 0;
  try {
    writeFileSync(join(own, claim), '', { mode: 0o600 });
    nowMs = statSync(join(own, claim)).mtimeMs;
    renameSync(own, path);
    return { isOurs: true, nowMs };
  } catch (cause) {
    rmSync(own, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(errnoOf(cause) ?? '')) {
      return { isOurs: false, nowMs };
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

function isFresh(file: string, sinceMs: number): boolean {
  try {
    return statSync(file).mtimeMs >= sinceMs;
  } catch (cause) {
    return errnoOf(cause) === 'ENOENT' ? false : fileError(file)(cause); // released just now
  }
}

/** Never makes it: it may have been taken away. */
function writeInto(file: string): void {
  const opened = openSync(file, 'r+');
  try {
    writeSync(opened, '.', 0);
  } finally {
    closeSync(opened);
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
      if (claim.includes('@')) {
        removeIfThere(() => writeInto(file)); // now the time is that of the file system
      }
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
