import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { CONTRACT, HepbatchError } from '../contract';
import { errnoOf } from './errno';
import { fileError } from './record';

/** The part of the process's surroundings that decides where our files lie. */
export interface IEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where the system has no user ids; owners are not checked there. */
  readonly uid: number | null;
  readonly tmpdir: string;
  readonly home: string;
}

/** Our three folders: the socket and the lock; records and the log; what can be made again. */
export interface IFolders {
  readonly runtime: string;
  readonly state: string;
  readonly cache: string;
}

/** The longest path of a socket in bytes; the system cuts longer ones off without an error. */
const SOCKET_PATH_BYTES = 107;

/** Where the folders are; looks whether the runtime folder of the session is ours, makes nothing. */
export async function findFolders(world: IEnvironment): Promise<IFolders> {
  const { env, uid, tmpdir, home } = world;
  const session = absolute(env['XDG_RUNTIME_DIR']);
  const ours = session !== null && (await isOurFolder(session, uid));
  return {
    runtime: ours ? join(session, 'hepbatch') : join(tmpdir, `hepbatch-${uid ?? 'user'}`),
    state: join(absolute(env['XDG_STATE_HOME']) ?? join(home, '.local', 'state'), 'hepbatch'),
    cache: join(absolute(env['XDG_CACHE_HOME']) ?? join(home, '.cache'), 'hepbatch')
  };
}

/**
 * The folders, made where they are absent. Throws `denied` where one of them is not only ours.
 * The runtime folder often lies where anybody may make a folder of that name before us, so it is
 * taken as it is or not at all. The others lie in the user's home: a link to a bigger disk is
 * fine, and a mode that lets others in is mended.
 */
export async function openFolders(world: IEnvironment): Promise<IFolders> {
  const folders = await findFolders(world);
  await openRuntime(folders.runtime, world.uid);
  await openOwn(folders.state, world.uid);
  await openOwn(folders.cache, world.uid);
  return folders;
}

/** The path of the agent's socket. Throws `unsupported` where it is too long for a socket. */
export function socketPath(folders: IFolders): string {
  const path = join(folders.runtime, `agent-${CONTRACT}.sock`);
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES) {
    throw new HepbatchError(
      'unsupported',
      `${path}: ${bytes} bytes are too long for a socket, the system takes ${SOCKET_PATH_BYTES}`,
      { next: 'Set XDG_RUNTIME_DIR or TMPDIR to a shorter local folder of yours.' }
    );
  }
  return path;
}

async function openRuntime(path: string, uid: number | null): Promise<void> {
  await make(path);
  const found = await lstat(path).catch(fileError(path));
  const fault = !found.isDirectory()
    ? 'is not a folder'
    : uid !== null && found.uid !== uid
      ? `belongs to user ${found.uid}, not to ${uid}`
      : (found.mode & 0o077) !== 0
        ? `has mode 0${(found.mode & 0o777).toString(8)}, others may enter it`
        : null;
  if (fault !== null) {
    const next = `Remove ${path} if it is yours, or set XDG_RUNTIME_DIR to a folder of mode 0700.`;
    throw new HepbatchError('denied', `${path} ${fault}`, { next });
  }
}

async function openOwn(path: string, uid: number | null): Promise<void> {
  await make(path);
  const found = await stat(path).catch(fileError(path));
  if (!found.isDirectory() || (uid !== null && found.uid !== uid)) {
    const what = found.isDirectory()
      ? `belongs to user ${found.uid}, not to ${uid ?? '?'}`
      : 'is not a folder';
    const next = `Move ${path} away, or choose another place with XDG_STATE_HOME and XDG_CACHE_HOME.`;
    throw new HepbatchError('denied', `${path} ${what}`, { next });
  }
  if ((found.mode & 0o077) !== 0) {
    // Other programs make the parents of what they keep here, with whatever mode they like.
    await chmod(path, 0o700).catch(fileError(path));
  }
}

async function make(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    if (errnoOf(cause) !== 'EEXIST') {
      fileError(path)(cause);
    } // else it is no folder, and the caller says so
  });
}

async function isOurFolder(path: string, uid: number | null): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.isDirectory() && (uid === null || found.uid === uid);
}

/** As the XDG specification wants it: a relative path counts as none. */
function absolute(path: string | undefined): string | null {
  return path !== undefined && isAbsolute(path) ? path : null;
}
