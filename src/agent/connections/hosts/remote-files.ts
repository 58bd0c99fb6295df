import { randomBytes } from 'node:crypto';
import { errnoOfWords, toolError } from './file-words';
import { fileKind, needAbsolute, tooLong } from './file-rules';
import type { HostRunResult, IHost, IHostEntry, IHostStat } from './host';
import { WRITE } from './write-script';

/** A question about a file that takes longer is given up; a line that broke is noticed before. */
const TIMEOUT_MS = 600_000;

/** What tools may complain on stderr. */
const STDERR_BYTES = 64 * 1024;

/** Types of entries; what a link leads to is asked for links alone, so other files are not touched. */
const ENTRIES = ['(', '-type', 'l', '-printf', '%Y%f\\0', '-o', '-printf', '%y%f\\0', ')'];

/** The tools complain in words that we know. */
const ENV = { LC_ALL: 'C' };

/** Files of a host where only programs can be run: by GNU coreutils and findutils, data as arguments. */
export class RemoteFiles implements Pick<IHost, 'read' | 'write' | 'list' | 'stat'> {
  constructor(private readonly _host: Pick<IHost, 'title' | 'run' | 'start'>) {}

  /** As IHost has it. */
  async read(
    path: string,
    { maxBytes, offset = 0, length }: { maxBytes: number; offset?: number; length?: number }
  ): Promise<Buffer> {
    needAbsolute(path);
    // One byte more than allowed tells a file that is too long.
    const wanted = Math.min(length ?? Infinity, maxBytes + 1);
    const flags = 'iflag=skip_bytes,count_bytes,fullblock';
    const range = [`skip=${offset}`, `count=${wanted}`];
    const parts: Buffer[] = [];
    const result = await this._run(
      ['dd', `if=${path}`, 'bs=256k', flags, ...range, 'status=none'],
      wanted,
      { onStdout: chunk => parts.push(chunk) }
    );
    this._check(path, result, false);
    const data = Buffer.concat(parts);
    if (data.length > maxBytes) {
      throw tooLong(this._where(path), maxBytes);
    }
    return data;
  }

  /** As IHost has it. */
  async write(
    path: string,
    data: string | Uint8Array,
    { overwrite = true, mode = 0o666 }: { overwrite?: boolean; mode?: number } = {}
  ): Promise<void> {
    needAbsolute(path);
    const bytes = Buffer.from(data);
    const facts = [mode.toString(8), overwrite ? 'yes' : 'no', String(bytes.length)];
    const nonce = randomBytes(8).toString('hex');
    const argv = ['sh', '-c', WRITE, 'sh', path, ...facts, nonce];
    this._check(path, await this._run(argv, 0, { stdin: bytes }), true);
  }

  /** As IHost has it. A name that is no UTF-8 comes with U+FFFD, and nothing can be asked of it. */
  async *list(path: string, signal: AbortSignal): AsyncGenerator<readonly IHostEntry[]> {
    needAbsolute(path);
    const argv = ['find', `${path}/`, '-mindepth', '1', '-maxdepth', '1', ...ENTRIES];
    const find = await this._host.start(argv, { env: ENV });
    const stop = () => void find.kill();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
    }
    let stderr = '';
    find.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-STDERR_BYTES);
    });
    let isRead = false;
    try {
      find.stdin.end();
      for await (const part of entries(find.stdout)) {
        if (signal.aborted) {
          break;
        }
        yield part;
      }
      isRead = !signal.aborted;
    } finally {
      signal.removeEventListener('abort', stop);
      if (!isRead) {
        stop();
      }
    }
    const result = { ...(await find.ended), stderr };
    this._check(path, signal.aborted ? { ...NOTHING, end: 'cancelled' } : result, false);
  }

  /** As IHost has it. */
  async stat(path: string): Promise<IHostStat | null> {
    needAbsolute(path);
    const result = await this._run(['stat', '-L', '-c', '%f %s %.3Y', '--', path], 1000, {});
    const errno = result.end === 'exited' && result.code !== 0 ? errnoOfWords(result.stderr) : null;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      return null;
    }
    this._check(path, result, false);
    const [type = '', bytes, seconds] = result.stdout.trim().split(' ');
    const mode = Number.parseInt(type, 16);
    return {
      kind: fileKind(mode),
      bytes: Number(bytes),
      mtimeMs: Number(seconds) * 1000,
      mode: mode & 0o7777
    };
  }

  private _run(
    argv: readonly string[],
    outputBytes: number,
    more: { stdin?: Uint8Array; onStdout?: (chunk: Buffer) => void }
  ): Promise<HostRunResult> {
    return this._host.run(argv, {
      env: ENV,
      signal: new AbortController().signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: outputBytes + STDERR_BYTES,
      ...more
    });
  }

  private _check(path: string, result: HostRunResult, isChange: boolean): void {
    if (result.end !== 'exited' || result.code !== 0) {
      throw toolError(this._where(path), result, isChange);
    }
  }

  private _where(path: string): string {
    return `${this._host.title}:${path}`;
  }
}

const NOTHING = { stdout: '', stderr: '' };

/** Entries of a stream of `TYPE NAME NUL`, as many at once as came at once. */
async function* entries(
  stream: AsyncIterable<Buffer | string>
): AsyncGenerator<readonly IHostEntry[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
    const end = bytes.lastIndexOf(0) + 1;
    rest = bytes.subarray(end);
    if (end > 0) {
      yield bytes
        .toString('utf8', 0, end - 1)
        .split('\0')
        .map(entry => ({
          name: entry.slice(1),
          kind: entry.startsWith('d') ? 'folder' : entry.startsWith('f') ? 'file' : 'other'
        }));
    }
  }
}
