import { constants } from 'node:os';
import { finished } from 'node:stream/promises';
import type { IChannel } from './channel';
import type { HostRunResult, IHostProcess } from './host';
import { MarkedStream } from './marked-stream';
import type { IReports } from './marked-stream';

/** How long a session may outlive its command, whose offspring may hold its streams open. */
const GRACE_MS = 500;

/** Ends a process group of the host; false where that is not certain. */
export type EndGroup = (group: number, nonce: string) => Promise<boolean>;

type Said = Parameters<NonNullable<IReports['onEnd']>>[0];

/** A command on a host behind a shell: its streams, and how it ended, told by its wrapper alone. */
export class RemoteProcess implements IHostProcess {
  constructor(
    private readonly _program: string,
    private readonly _channel: IChannel,
    private readonly _nonce: string,
    private readonly _endGroup: EndGroup
  ) {
    this.stdin = _channel.stdin;
    this.stdin.on('error', () => undefined); // a program may end without reading what it is told
    const [stdout, outSaid] = marked(_channel.stdout, _channel.closed, _nonce);
    const [stderr, errSaid, group] = marked(_channel.stderr, _channel.closed, _nonce);
    [this.stdout, this.stderr] = [stdout, stderr];
    this._group = Promise.race([group, _channel.closed.then(() => null)]);
    this.ended = Promise.all([outSaid, errSaid]).then(said => this._result(said));
    this.gone = this.ended.then(async () => {
      const late = setTimeout(() => _channel.close(), GRACE_MS);
      await _channel.closed;
      clearTimeout(late);
    });
  }

  readonly stdin: NodeJS.WritableStream;
  readonly stdout: MarkedStream;
  readonly stderr: MarkedStream;
  readonly ended: Promise<HostRunResult>;
  /** Resolves when the session is free again. */
  readonly gone: Promise<void>;

  async kill(): Promise<void> {
    await this.end();
  }

  /** Ends it there; whether that is certain. */
  end(): Promise<boolean> {
    return (this._ending ??= this._end());
  }

  private async _end(): Promise<boolean> {
    const group = await this._group;
    const isSure = group !== null && (await this._endGroup(group, this._nonce));
    // What left the group may hold the session open; the command is no more, so nobody waits for it.
    const late = setTimeout(() => this._channel.close(), GRACE_MS);
    void this._channel.closed.then(() => clearTimeout(late));
    return isSure;
  }

  private async _result([out, err]: (Said | null)[]): Promise<HostRunResult> {
    const none = { stdout: '', stderr: '' };
    if (out && err) {
      if ('failed' in err) {
        const what = err.failed === 'cwd' ? 'its working folder' : this._program;
        return { end: 'not-started', message: `${what} cannot be found or used there`, ...none };
      }
      const signal = signalOf(err.status);
      return signal === null
        ? { end: 'exited', code: err.status, ...none }
        : { end: 'signal', signal, ...none };
    }
    // What was killed hard has no last word; who killed it knows.
    if (await this._ending) {
      return { end: 'signal', signal: 'SIGKILL', ...none };
    }
    const [said, noise] = [await this._channel.closed, this.stderr.noise || this.stdout.noise];
    const reason =
      this.stderr.hasStarted || noise === ''
        ? said
        : `${said}; before the command was started the host said: ${noise}`;
    return { end: 'unknown', reason, ...none };
  }

  private readonly _group: Promise<number | null>;
  private _ending: Promise<boolean> | null = null;
}

/** The command's own words of a stream, its last report or null, and its process group. */
function marked(
  source: NodeJS.ReadableStream,
  closed: Promise<string>,
  nonce: string
): [MarkedStream, Promise<Said | null>, Promise<number>] {
  let onStart: (group: number) => void = () => undefined;
  let onEnd: (said: Said | null) => void = () => undefined;
  const group = new Promise<number>(resolve => (onStart = resolve));
  const said = new Promise<Said | null>(resolve => (onEnd = resolve));
  const stream = new MarkedStream(nonce, { onStart, onEnd });
  source.on('error', () => undefined); // `closed` tells it
  source.pipe(stream);
  stream.once('close', () => source.resume()); // its reader has enough; the session still has to end
  void closed
    .then(() => finished(source, { writable: false }))
    .catch(() => undefined) // torn, it does not end by itself
    .then(() => {
      stream.end();
      return finished(stream, { readable: false });
    })
    .catch(() => undefined) // its reader closed it before
    .then(() => onEnd(null)); // of no weight where the report came
  return [stream, said, group];
}

/** Shells tell a death by signal as 128 and its number; so a program's own 129 to 192 looks like one. */
function signalOf(status: number): string | null {
  const number = status - 128;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
