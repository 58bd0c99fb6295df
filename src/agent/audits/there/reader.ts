import { createDeflate, createInflate, constants } from 'node:zlib';
import { HepbatchError } from '../../../contract';
import type { IHost, IHostProcess } from '../../connections/hosts/host';
import { CutAtDoubled } from './doubled';
import { READ, READ_IN_PYTHON, READ_IN_SHELL } from './read-script';

/** What a reader is made of. */
export interface IReaderOptions {
  readonly host: Pick<IHost, 'start' | 'title'>;
  /** A program that owes an answer and is silent for so long is given up: its disk hangs. */
  readonly stallMs: number;
}

interface IWaiting {
  readonly resolve: (said: Uint8Array) => void;
  readonly reject: (error: HepbatchError) => void;
}

const NEWLINE = 0x0a;

/** How much of what the program complains is kept for the message. */
const STDERR_CHARS = 2000;

/**
 * One program on another host that reads files there for a whole audit, in one session of the
 * connection. It starts with the first question, answers in their order, and ends with `dispose`.
 */
export class Reader {
  constructor(private readonly _options: IReaderOptions) {}

  /** Puts a question, see `HostFiles`. Rejects with `connection-lost`, `unreachable`, `cancelled`. */
  ask(lines: string): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this._failure) {
        reject(this._failure);
        return;
      }
      this._waiting.push({ resolve, reject });
      this._watch();
      this._sent += lines;
      this._started ??= this._start();
      this._send();
    });
  }

  /** Ends the program; open questions are answered with `cancelled`. */
  async dispose(): Promise<void> {
    this._fail(
      new HepbatchError(
        'cancelled',
        `${this._options.host.title}: the reading of files was ended`,
        {
          next: 'Start the audit again.'
        }
      )
    );
    await this._started;
    await this._process?.kill();
  }

  private async _start(): Promise<void> {
    const argv = ['sh', '-c', READ, 'sh', READ_IN_PYTHON, READ_IN_SHELL];
    try {
      const started = await this._options.host.start(argv, {});
      this._process = started;
      started.stdin.on('error', () => undefined); // how it ended says why
      started.stderr.on('data', (chunk: Buffer) => {
        this._stderr = (this._stderr + chunk.toString()).slice(-STDERR_CHARS);
      });
      started.stdout.on('data', (chunk: Buffer) => this._heard(chunk));
      void started.ended.then(result => {
        const lost = result.end === 'unknown';
        const words = this._stderr.trim().split('\n').at(-1) ?? '';
        const how = lost ? result.reason : `the program there ended early (${words || result.end})`;
        this._fail(this._error(lost ? 'connection-lost' : 'unreachable', how));
      });
    } catch (cause) {
      this._fail(
        cause instanceof HepbatchError
          ? cause
          : this._error('unreachable', cause instanceof Error ? cause.message : String(cause))
      );
    }
  }

  /** The first line says which program it is; the rest are answers. */
  private _heard(chunk: Buffer): void {
    if (this._answers) {
      this._answers(chunk);
      return;
    }
    this._first = Buffer.concat([this._first, chunk]);
    const end = this._first.indexOf(NEWLINE);
    if (end < 0) {
      return;
    }
    const name = this._first.toString('latin1', 0, end);
    const stdin = this._process?.stdin;
    if (name === 'python') {
      const squeeze = createDeflate({ level: 1, flush: constants.Z_SYNC_FLUSH });
      const inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
      if (stdin) {
        squeeze.pipe(stdin);
      }
      inflate.on('data', (piece: Buffer) => this._cut(piece));
      inflate.on('error', error => this._fail(this._error('unreachable', error.message)));
      this._write = text => squeeze.write(text);
      this._answers = piece => inflate.write(piece);
    } else if (name === 'sh') {
      this._write = text => stdin?.write(text) ?? false;
      this._answers = piece => this._cut(piece);
    } else {
      this._fail(this._error('unreachable', `the program there said ${JSON.stringify(name)}`));
      return;
    }
    this._answers(this._first.subarray(end + 1));
    this._send();
  }

  private _send(): void {
    if (this._write && this._sent !== '') {
      this._write(this._sent);
      this._sent = '';
    }
  }

  private _cut(chunk: Buffer): void {
    for (const said of this._cutter.push(chunk)) {
      this._waiting.shift()?.resolve(said);
    }
    this._watch();
  }

  /** Starts the clock of the silence anew; nothing ticks while nothing is owed. */
  private _watch(): void {
    clearTimeout(this._stall);
    if (this._waiting.length > 0 && this._failure === null) {
      this._stall = setTimeout(() => {
        const seconds = this._options.stallMs / 1000;
        this._fail(this._error('unreachable', `its disk did not answer within ${seconds} s`));
      }, this._options.stallMs);
    }
  }

  private _fail(error: HepbatchError): void {
    this._failure ??= error;
    clearTimeout(this._stall);
    for (const { reject } of this._waiting.splice(0)) {
      reject(this._failure);
    }
    void this._process?.kill();
  }

  private _error(code: 'connection-lost' | 'unreachable', why: string): HepbatchError {
    return new HepbatchError(code, `${this._options.host.title}: ${why}`, {
      next: 'Look at the connection, then start the audit again.'
    });
  }

  private _process: IHostProcess | null = null;
  private _started: Promise<void> | null = null;
  private _failure: HepbatchError | null = null;
  private _first: Buffer = Buffer.alloc(0);
  private _stderr = '';
  private _sent = '';
  private _write: ((text: string) => void) | null = null;
  private _answers: ((piece: Buffer) => void) | null = null;
  private _stall: NodeJS.Timeout | undefined;
  private readonly _waiting: IWaiting[] = [];
  private readonly _cutter = new CutAtDoubled(NEWLINE);
}
