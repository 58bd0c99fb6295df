import type { Duplex } from 'node:stream';
import { HepbatchError } from '../../../contract';
import type { Environment } from '../../run';
import { connectionLost } from './channel';
import type { OpenChannel } from './channel';
import type {
  HostRunResult,
  IHost,
  IHostEntry,
  IHostProcess,
  IHostRunOptions,
  IHostStat,
  StreamTarget
} from './host';
import { RemoteFiles } from './remote-files';
import { RemoteShell } from './remote-shell';

/** What a client of SSH gives a host: sessions, streams, and word of the end. */
export interface ISshLine {
  readonly client: 'ssh2' | 'openssh';
  readonly title: string;
  readonly openChannel: OpenChannel;
  connect(target: StreamTarget): Promise<Duplex>;
  /** Resolves with the reason when nothing can be asked any more, also where it was closed. */
  readonly ended: Promise<string>;
  /** Takes it for broken, for a reason that only its commands tell; where the client does not see it. */
  giveUp?(reason: string): void;
  /** Ends it; resolves when nothing is left. */
  close(): Promise<void>;
}

/** A machine reached by SSH, whichever client speaks it. */
export class RemoteHost implements IHost {
  constructor(private readonly _line: ISshLine) {
    this.client = _line.client;
    this.title = _line.title;
    this._shell = new RemoteShell(this.title, _line.openChannel, () => void this._doubt());
    this._files = new RemoteFiles(this);
    this.lost = new Promise(resolve => {
      void _line.ended.then(reason => {
        if (!this._isClosed) {
          resolve(reason);
        }
      });
    });
  }

  readonly client: 'ssh2' | 'openssh';
  readonly title: string;
  readonly lost: Promise<string>;

  /**
   * Makes sure that commands run there, which a login alone does not tell. Closes it where they do
   * not, and throws `refused` or `cancelled`.
   */
  async begin(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const nothing = { signal, timeoutMs, maxOutputBytes: 10_000 };
    const ran = await this._shell.run(['true'], nothing).catch(asUnknown);
    if (ran.end === 'exited' && ran.code === 0) {
      this._patienceMs = timeoutMs;
      return;
    }
    await this.close();
    const why = ran.end === 'unknown' ? ran.reason : ran.end;
    throw ran.end === 'cancelled'
      ? new HepbatchError('cancelled', `${this.title}: cancelled`, { next: 'Open it again.' })
      : new HepbatchError('refused', `${this.title}: no command can be run there: ${why}`, {
          next: 'Try ssh with a command in a terminal; ask the site whether it allows that.'
        });
  }

  run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    return this._shell.run(argv, options);
  }

  start(
    argv: readonly string[],
    options: { readonly env?: Environment; readonly cwd?: string }
  ): Promise<IHostProcess> {
    return this._shell.start(argv, options);
  }

  read(path: string, options: Parameters<IHost['read']>[1]): Promise<Buffer> {
    return this._files.read(path, options);
  }

  write(path: string, data: string | Uint8Array, options?: Parameters<IHost['write']>[2]) {
    return this._files.write(path, data, options);
  }

  list(path: string, signal: AbortSignal): AsyncIterable<readonly IHostEntry[]> {
    return this._files.list(path, signal);
  }

  stat(path: string): Promise<IHostStat | null> {
    return this._files.stat(path);
  }

  async connect(target: StreamTarget): Promise<Duplex> {
    if (this._isClosed) {
      throw connectionLost(this.title, 'was closed');
    }
    return this._line.connect(target);
  }

  roundTrip(): Promise<number> {
    return this._shell.roundTrip();
  }

  async close(): Promise<void> {
    this._isClosed = true;
    await this._shell.close();
    await this._line.close();
  }

  /**
   * A command ended without a word of it: whether the host still does anything at all. What ends so
   * while that is looked at may be later than the look, so it is looked at again.
   */
  private async _doubt(): Promise<void> {
    this._doubts++;
    if (this._line.giveUp === undefined || this._doubts > 1) {
      return;
    }
    for (let seen = 0; seen < this._doubts && !this._isClosed;) {
      seen = this._doubts;
      const why = await this._shell.whySilent(this._patienceMs);
      if (why !== null) {
        this._line.giveUp(`the host starts no command any more: ${why}`);
        return;
      }
    }
    this._doubts = 0;
  }

  private _isClosed = false;
  /** Commands that ended without a word since the host was last seen to start one. */
  private _doubts = 0;
  private _patienceMs = 60_000;
  private readonly _shell: RemoteShell;
  private readonly _files: RemoteFiles;
}

/** What is thrown where a command was not begun, as a way to end. */
function asUnknown(cause: unknown): HostRunResult {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { end: 'unknown', reason, stdout: '', stderr: '' };
}
