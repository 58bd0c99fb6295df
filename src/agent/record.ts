import { randomBytes } from 'node:crypto';
import {
  link,
  lstat,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  stat,
  unlink
} from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { HepbatchError } from '../contract';
import type { FailureCode } from '../contract';
import { errnoOf } from './errno';

/** How a file is written; both have a default. */
export interface IWriteOptions {
  /** False: throws `conflict` where the file exists, also if it came into being a moment ago. */
  readonly overwrite?: boolean;
  /** Mode of a new file before the umask; an existing one keeps its own. */
  readonly mode?: number;
}

/**
 * Writes a file whole or not at all: beside it, synced, then renamed over it. A symbolic link
 * stays one, its target is written. What is no regular file (a pipe, /dev/stdout) is written as
 * it is. Throws `no-space`, `denied`, `not-found` (of the folder) or `conflict`.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  { overwrite = true, mode = 0o666 }: IWriteOptions = {}
): Promise<void> {
  try {
    const old = await stat(path).catch(nullIfAbsent);
    if (old !== null && !overwrite) {
      throw failure('EEXIST', path);
    }
    if (old?.isDirectory() === true) {
      throw failure('EISDIR', path);
    }
    if (old !== null && !old.isFile()) {
      await writeThrough(path, data);
      return;
    }
    const target = await resolveLinks(path);
    const folder = dirname(target);
    // Short and hidden, since the name itself may be as long as names may be.
    const temporary = join(folder, `.hepbatch-${randomBytes(8).toString('hex')}.tmp`);
    try {
      await writeSynced(temporary, data, mode, old?.mode ?? null);
      await (overwrite ? rename(temporary, target) : moveToNew(temporary, target));
    } catch (cause) {
      await unlink(temporary).catch(() => undefined); // it may never have been made
      throw cause;
    }
    await syncFolder(folder);
  } catch (cause) {
    fileError(path)(cause);
  }
}

/** A JSON file as the schema has it; null where there is none. Throws `corrupt` or `denied`. */
export async function readRecord<T extends z.ZodType>(
  path: string,
  schema: T
): Promise<z.output<T> | null> {
  const text = await readFile(path, 'utf8').catch(nullIfAbsent).catch(fileError(path));
  if (text === null) {
    return null;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    const next = `Repair ${path}, or move it away to begin anew.`;
    throw new HepbatchError('corrupt', `${path}: ${why}`, { next }, { cause });
  }
}

/** A handler that turns what the file system threw into an error that names the path and the way out. */
export function fileError(path: string): (cause: unknown) => never {
  return cause => {
    throw asFileError(path, cause);
  };
}

/** What the file system threw as an error that names the path and the way out. */
export function asFileError(path: string, cause: unknown): HepbatchError {
  if (cause instanceof HepbatchError) {
    return cause;
  }
  const errno = errnoOf(cause);
  const [code, next] = MEANINGS[errno ?? ''] ?? UNFORESEEN;
  const said = cause instanceof Error ? cause.message : String(cause);
  // Node adds the call and the path after a comma; that path may be the temporary one.
  const why = errno === null ? said : (said.split(', ')[0] ?? said);
  return new HepbatchError(code, `${path}: ${why}`, { next }, { cause });
}

const SPACE = 'Free space there or raise the quota, and try again; what was there is untouched.';
const PERMISSION = 'Choose a place where you may write, or change its permissions.';
const GONE = 'Check that the file system is there, and try again.';
const UNFORESEEN = ['internal', 'This is a fault of hepbatch: report it with the log.'] as const;

const MEANINGS: Readonly<Partial<Record<string, readonly [FailureCode, string]>>> = {
  ENOSPC: ['no-space', SPACE],
  EDQUOT: ['no-space', SPACE],
  EFBIG: ['no-space', 'Raise the limit of file sizes (ulimit -f), and try again.'],
  EACCES: ['denied', PERMISSION],
  EPERM: ['denied', PERMISSION],
  EROFS: ['denied', PERMISSION],
  ENOENT: ['not-found', 'Make the folder first, or choose another one.'],
  ENOTDIR: ['not-found', 'A part of the path is a file: choose another one.'],
  ELOOP: ['not-found', 'The symbolic links lead in a circle: mend them.'],
  EISDIR: ['conflict', 'This is a folder: add the name of a file.'],
  EEXIST: ['conflict', 'Choose another name, or allow it to be replaced.'],
  ENAMETOOLONG: ['bad-request', 'Choose a shorter name.'],
  EIO: ['unreachable', GONE],
  ENODEV: ['unreachable', GONE],
  ENOTCONN: ['unreachable', GONE],
  ESTALE: ['unreachable', GONE],
  ETIMEDOUT: ['unreachable', GONE],
  EHOSTDOWN: ['unreachable', GONE]
};

/** File systems without hard links, or without a way to sync a folder, say so in one of these. */
const UNABLE = new Set(['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EBADF']);

async function writeSynced(
  path: string,
  data: string | Uint8Array,
  mode: number,
  keptMode: number | null
): Promise<void> {
  await use(await open(path, 'wx', keptMode === null ? mode : 0o600), async file => {
    if (keptMode !== null) {
      await file.chmod(keptMode & 0o7777);
    }
    await file.writeFile(data);
    await file.sync();
  });
}

async function writeThrough(path: string, data: string | Uint8Array): Promise<void> {
  await use(await open(path, 'w'), file => file.writeFile(data));
}

/** A link is made or refused in one step, so of many writers exactly one wins. */
async function moveToNew(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (cause) {
    if (!UNABLE.has(errnoOf(cause) ?? '')) {
      throw cause;
    }
    await use(await open(target, 'wx'), () => Promise.resolve()); // ours from here on
    await rename(temporary, target).catch(async (late: unknown) => {
      await unlink(target); // our empty one
      throw late;
    });
    return;
  }
  await unlink(temporary);
}

/** Makes the rename itself survive a crash of the machine, where the file system can. */
async function syncFolder(path: string): Promise<void> {
  try {
    await use(await open(path, 'r'), folder => folder.sync());
  } catch (cause) {
    const errno = errnoOf(cause) ?? '';
    if (!UNABLE.has(errno) && errno !== 'EACCES') {
      throw cause;
    }
  }
}

/** Closes the file whatever happens; a network file system may find no room only then. */
async function use(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } catch (cause) {
    await file.close().catch(() => undefined); // the first error tells more
    throw cause;
  }
  await file.close();
}

/** Where a path leads, also if nothing is there yet. */
async function resolveLinks(path: string): Promise<string> {
  const real = await realpath(path).catch(nullIfAbsent);
  if (real !== null) {
    return real;
  }
  const there = await lstat(path).catch(nullIfAbsent);
  return there?.isSymbolicLink() === true
    ? resolveLinks(resolve(await realpath(dirname(path)), await readlink(path)))
    : path;
}

function nullIfAbsent(cause: unknown): null {
  if (errnoOf(cause) === 'ENOENT') {
    return null;
  }
  throw cause;
}

function failure(errno: 'EEXIST' | 'EISDIR', path: string): HepbatchError {
  const [code, next] = MEANINGS[errno] ?? UNFORESEEN;
  const what = errno === 'EEXIST' ? 'exists already' : 'is a folder';
  return new HepbatchError(code, `${path} ${what}`, { next });
}
