import { PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { HepbatchError } from '../../../../contract';
import { connectionLost } from '../channel';
import type { IChannel } from '../channel';
import type { Line } from './line';

/** What became of asking for a session; where it was refused nothing was sent. */
type Asked = { readonly session: IChannel } | { readonly refused: Error };

/** Opens sessions on a line. */
export class SessionOpener {
  constructor(private readonly _line: Line) {}

  /**
   * Opens a session that runs a line of the login shell. Where the server takes fewer sessions than
   * we ask for (MaxSessions), it waits for one of ours to end.
   */
  readonly open = async (command: string): Promise<IChannel> => {
    for (;;) {
      const asked = this._ask(command);
      const over = asked.then(
        got => ('session' in got ? got.session.closed : ''),
        () => ''
      );
      this._others.add(over);
      void over.then(() => this._others.delete(over));
      const got = await asked;
      if ('session' in got) {
        return got.session;
      }
      this._others.delete(over);
      if (this._others.size === 0) {
        throw new HepbatchError(
          'unreachable',
          `${this._line.title} opens no session: ${got.refused.message}`,
          { next: 'Ask the site whether commands may be run there by SSH, and how many at once.' },
          { cause: got.refused }
        );
      }
      await Promise.race(this._others);
    }
  };

  private _ask(command: string): Promise<Asked> {
    const line = this._line;
    return new Promise((resolve, reject) => {
      if (line.end !== null) {
        reject(connectionLost(line.title, line.end));
        return;
      }
      line.client.exec(command, (cause, stream) => {
        if (cause === undefined) {
          resolve({ session: new Session(stream, line) });
        } else if (cause.message === 'Unable to exec') {
          // The command was on its way when the server said no or the line broke: it may run.
          resolve({ session: new TornSession(line.end ?? 'the host did not start the command') });
        } else if (line.end !== null) {
          reject(connectionLost(line.title, line.end));
        } else {
          resolve({ refused: cause });
        }
      });
    });
  }

  /** Resolve when a session has ended, or was not to be had. */
  private readonly _others = new Set<Promise<string>>();
}

/** A session as ssh2 has it; its exit status may be absent, and then nobody knows how it ended. */
class Session implements IChannel {
  constructor(
    private readonly _stream: ClientChannel,
    line: Line
  ) {
    this.stdin = _stream;
    this.stdout = _stream;
    this.stderr = _stream.stderr;
    _stream.on('error', () => undefined); // `closed` tells it
    const over = new Promise<string>(resolve => {
      _stream.on('close', (code: unknown, signal: unknown) =>
        resolve(
          typeof code === 'number'
            ? `the session ended with ${code}`
            : typeof signal === 'string'
              ? `the session was ended by ${signal}`
              : (line.end ?? 'the session ended without a word')
        )
      );
    });
    const read = new Promise(resolve => _stream.stderr.on('close', resolve));
    const given = new Promise<string>(resolve => (this._giveUp = resolve));
    this.closed = Promise.race([Promise.all([over, read]).then(([said]) => said), given]);
    // A line that is gone sends no more, whether or not somebody reads what has come.
    const unwatch = line.watch(this._giveUp);
    void this.closed.then(unwatch);
  }

  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly closed: Promise<string>;

  close(): void {
    this._stream.close();
    this._giveUp('the session was given up');
  }

  declare private _giveUp: (reason: string) => void;
}

/** A session of which nothing was heard but its end. */
class TornSession implements IChannel {
  constructor(reason: string) {
    this.closed = Promise.resolve(reason);
    this.stdout.end();
    this.stderr.end();
    this.stdin.resume();
  }

  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly closed: Promise<string>;

  close(): void {
    this.stdin.destroy();
  }
}
