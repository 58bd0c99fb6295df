import { open, opendir, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { HepbatchError } from '../../../contract';
import { listen } from '../../cancel';
import { errnoOf } from '../../errno';
import { fileError, writeAtomically } from '../../record';
import type { IWriteOptions } from '../../record';
import { run } from '../../run';
import type { Environment } from '../../run';
import { fileKind, needAbsolute, tooLong } from './file-rules';
import type {
  HostRunResult,
  IHost,
  IHostEntry,
  IHostProcess,
  IHostRunOptions,
  IHostStat,
  StreamTarget
} from './host';
import { LocalProcess } from './local-process';
import { connectHere } from './local-stream';
import { faultOf } from './remote-command';

/** What this machine gives the programs that run on it. */
export interface ILocalWorld {
  readonly env: Environment;
  readonly home: string;
}

/** So many entries of a folder come together. */
const ENTRIES = 1000;

/** This machine, as any other host: nothing here knows of the agent that runs on it. */
export class LocalHost implements IHost {
  constructor(private readonly _world: ILocalWorld) {}

  readonly client = 'local';
  readonly title = 'this machine';
  /** Never resolves: this machine is not lost while it asks. */
  readonly lost = new Promise<string>(() => undefined);

  async run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    this._needOpen();
    const { env = {}, cwd = this._world.home, signal, ...more } = options;
    const fault = faultOf(argv, env, cwd);
    if (fault !== null) {
      return { end: 'not-started', message: fault, stdout: '', stderr: '' };
    }
    const stop = new AbortController();
    const abort = () => stop.abort();
    const all = { ...more, env: { ...this._world.env, ...env }, cwd, signal: stop.signal };
    listen(signal, abort);
    this._closed.add(abort);
    if (signal.aborted) {
      abort();
    }
    try {
      return await run(argv, all);
    } catch (cause) {
      if (errnoOf(cause) === 'E2BIG') {
        return { end: 'not-started', message: 'the command is too long', stdout: '', stderr: '' };
      }
      throw cause;
    } finally {
      signal.removeEventListener('abort', abort);
      this._closed.delete(abort);
    }
  }

  start(
    argv: readonly string[],
    options: { readonly env?: Environment; readonly cwd?: string }
  ): Promise<IHostProcess> {
    return Promise.resolve().then(() => this._begin(argv, options));
  }

  async read(
    path: string,
    { maxBytes, offset = 0, length }: { maxBytes: number; offset?: number; length?: number }
  ): Promise<Buffer> {
    needAbsolute(path);
    const wanted = Math.min(length ?? Infinity, maxBytes + 1);
    const file = await open(path, 'r').catch(fileError(path));
    try {
      const parts: Buffer[] = [];
      let bytes = 0;
      // A pipe or a file of /proc has no size, so it is read until it ends.
      while (bytes < wanted) {
        const part = Buffer.allocUnsafe(Math.min(wanted - bytes, 1024 * 1024));
        const { bytesRead } = await file.read(part, 0, part.length, offset + bytes);
        if (bytesRead === 0) {
          break;
        }
        parts.push(part.subarray(0, bytesRead));
        bytes += bytesRead;
      }
      if (bytes > maxBytes) {
        throw tooLong(path, maxBytes);
      }
      return Buffer.concat(parts);
    } catch (cause) {
      return fileError(path)(cause);
    } finally {
      await file.close();
    }
  }

  async write(path: string, data: string | Uint8Array, options: IWriteOptions = {}): Promise<void> {
    needAbsolute(path);
    await writeAtomically(path, data, options);
  }

  async *list(path: string, signal: AbortSignal): AsyncGenerator<readonly IHostEntry[]> {
    needAbsolute(path);
    const folder = await opendir(path, { bufferSize: ENTRIES }).catch(fileError(path));
    let part: IHostEntry[] = [];
    try {
      for await (const entry of folder) {
        if (signal.aborted) {
          throw new HepbatchError('cancelled', `${path}: cancelled`, { next: 'Try again.' });
        }
        part.push({ name: entry.name, kind: await kindOf(path, entry) });
        if (part.length >= ENTRIES) {
          yield part;
          part = [];
        }
      }
    } catch (cause) {
      fileError(path)(cause);
    }
    yield part;
  }

  async stat(path: string): Promise<IHostStat | null> {
    needAbsolute(path);
    try {
      const found = await stat(path);
      return {
        kind: fileKind(found.mode),
        bytes: found.size,
        mtimeMs: Math.floor(found.mtimeMs),
        mode: found.mode & 0o7777
      };
    } catch (cause) {
      return ['ENOENT', 'ENOTDIR'].includes(errnoOf(cause) ?? '') ? null : fileError(path)(cause);
    }
  }

  async connect(target: StreamTarget): Promise<Duplex> {
    this._needOpen();
    const stream = await connectHere(target);
    const end = () => void stream.destroy();
    this._closed.add(end);
    stream.once('close', () => this._closed.delete(end));
    return stream;
  }

  async roundTrip(): Promise<number> {
    const began = performance.now();
    await this.run(['true'], {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      maxOutputBytes: 1000
    });
    return performance.now() - began;
  }

  async close(): Promise<void> {
    this._isClosed = true;
    await Promise.all([...this._closed].map(async end => end()));
  }

  private _begin(
    argv: readonly string[],
    { env = {}, cwd = this._world.home }: { readonly env?: Environment; readonly cwd?: string }
  ): IHostProcess {
    this._needOpen();
    const fault = faultOf(argv, env, cwd);
    if (fault !== null) {
      const next = 'Correct what is to be started.';
      throw new HepbatchError('bad-request', `${this.title}: ${fault}`, { next });
    }
    const started = new LocalProcess(argv, { env: { ...this._world.env, ...env }, cwd });
    const kill = () => started.kill();
    this._closed.add(kill);
    void started.ended.then(() => this._closed.delete(kill));
    return started;
  }

  private _needOpen(): void {
    if (this._isClosed) {
      const next = 'Open the connection again.';
      throw new HepbatchError('connection-lost', `${this.title}: was closed`, { next });
    }
  }

  private _isClosed = false;
  /** What ends all that runs through this host. */
  private readonly _closed = new Set<() => void | Promise<void>>();
}

/** Links and what the file system does not tell are looked at; the others cost no question. */
async function kindOf(folder: string, entry: Dirent): Promise<IHostEntry['kind']> {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'folder';
  }
  if (entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()) {
    return 'other';
  }
  const found = await stat(join(folder, entry.name)).catch(() => null); // a link to nothing
  return found === null ? 'other' : fileKind(found.mode);
}
