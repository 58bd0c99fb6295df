import { rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HepbatchError } from '../../../../contract';
import type { Environment } from '../../../run';
import { connectionLost } from '../channel';
import type { IChannel } from '../channel';
import type { StreamTarget } from '../host';
import type { ISshLine } from '../remote-host';
import type { IOpenssh } from './arguments';
import { isAlive } from './is-alive';
import type { Master } from './master';
import { SessionOpener } from './sessions';
import { StreamOpener } from './streams';

/** What a line is made of. */
export interface ILineParts {
  readonly ssh: IOpenssh;
  readonly env: Environment;
  readonly folder: string;
  readonly master: Master;
}

/** How long a master that ends may take to say why. */
const PATIENCE_MS = 300;

/** The line to a host through a master of ssh, from the login on. */
export class OpensshLine implements ISshLine {
  constructor(
    readonly title: string,
    private readonly _parts: ILineParts
  ) {
    const { ssh, env, master } = _parts;
    this._sessions = new SessionOpener(ssh, env, title, master.ended);
    this._streams = new StreamOpener({
      ..._parts,
      title,
      check: () => this._check(),
      // A session takes two round trips and more until its command begins.
      refusalMs: () => this._sessions.fastestMs + 20
    });
    void master.ended.then(words => this.giveUp(words || 'ssh has ended'));
    // ssh itself watches the host; this watches ssh.
    this._pulse = setInterval(() => void this._feel(), ssh.keepalive.intervalMs);
  }

  readonly client = 'openssh';
  readonly ended = new Promise<string>(resolve => (this._tellEnd = resolve));

  readonly openChannel = async (line: string): Promise<IChannel> => {
    this._needLine();
    return this._sessions.open(line);
  };

  async connect(target: StreamTarget): Promise<Duplex> {
    this._needLine();
    const stream = await this._streams.open(target);
    this._open.add(stream);
    stream.once('close', () => this._open.delete(stream));
    return stream;
  }

  giveUp(reason: string): void {
    if (this._reason === null) {
      this._reason = reason;
      clearInterval(this._pulse);
      this._open.forEach(stream => stream.destroy(connectionLost(this.title, reason)));
      this._tellEnd(reason);
      void this._clear();
    }
  }

  async close(): Promise<void> {
    this.giveUp('was closed');
    await this._clear();
  }

  private _clear(): Promise<void> {
    const { master, folder } = this._parts;
    this._cleared ??= master.end().then(() => rm(folder, { recursive: true, force: true }));
    return this._cleared;
  }

  private _needLine(): void {
    if (this._reason !== null) {
      throw connectionLost(this.title, this._reason);
    }
  }

  /** The error of a line that broke; null where the master answers. */
  private async _check(): Promise<HepbatchError | null> {
    await this._feel();
    return this._reason === null ? null : connectionLost(this.title, this._reason);
  }

  private async _feel(): Promise<void> {
    const { ssh, master } = this._parts;
    const { intervalMs, countMax } = ssh.keepalive;
    if (!(await isAlive(ssh.control, intervalMs * countMax))) {
      const words = await Promise.race([master.ended, sleep(PATIENCE_MS).then(() => '')]);
      this.giveUp(words || 'ssh does not answer any more');
    }
  }

  private _reason: string | null = null;
  private _cleared: Promise<void> | null = null;
  declare private _tellEnd: (reason: string) => void;
  private readonly _sessions: SessionOpener;
  private readonly _streams: StreamOpener;
  private readonly _pulse: NodeJS.Timeout;
  private readonly _open = new Set<Duplex>();
}
