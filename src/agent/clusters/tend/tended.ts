import { isDeepStrictEqual } from 'node:util';
import { HepbatchError } from '../../../contract';
import type { Cluster, Failure, SupervisorRecord } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import { ask } from '../supervisor/line';
import type { Command, CommandBody, CommandReply } from '../supervisor/line';
import { cardOf } from './card';
import type { IIdentity, IPhase } from './card';
import { recordLeft } from './seen';
import type { ISeen } from './seen';
import { Watch } from './watch';
import type { IWatchOptions } from './watch';

/** What a tended cluster is made of. */
export interface ITendedOptions extends Pick<
  IWatchOptions,
  'places' | 'log' | 'isListened' | 'now'
> {
  readonly identity: IIdentity;
  readonly phase: IPhase;
  readonly folder: string;
  /** The command that starts it is under way: nothing is concluded from its absence. */
  readonly isLaunching: boolean;
  readonly host: () => Promise<IHost>;
  /** Is told of every change of the card. */
  readonly changed: (tended: Tended) => void;
  /** Is told when the phase changed, or that it shall stop, which has to be on disk. */
  readonly advanced: (tended: Tended) => void;
}

/** How long a start whose outcome is not known may still become a supervisor. */
const START_MS = 120_000;

/** One cluster that this agent keeps an eye on, whoever started it. */
export class Tended {
  constructor(private readonly _options: ITendedOptions) {
    const { identity, phase, folder, host, places, log, isListened, now } = _options;
    this.identity = identity;
    this._phase = phase;
    this._isLaunching = _options.isLaunching;
    this._begunAt = Date.parse(identity.startedAt ?? '') || now().getTime();
    const changed = (seen: ISeen) => this._heard(seen);
    const name = identity.name;
    this.watch = new Watch({ name, folder, host, places, log, isListened, now, changed });
    this._card = cardOf(identity, phase, this.watch.seen);
    this.folder = folder;
    this.host = host;
  }

  readonly identity: IIdentity;
  readonly folder: string;
  readonly host: () => Promise<IHost>;
  readonly watch: Watch;

  get card(): Cluster {
    return this._card;
  }

  get phase(): IPhase {
    return this._phase;
  }

  /** Begins to watch it, unless it has ended or has not begun. */
  begin(): void {
    if (this._phase.phase !== 'ended' && !this._isLaunching) {
      this.watch.begin();
    }
  }

  /** The command that starts it is over, whatever came of it. */
  launched(): void {
    this._isLaunching = false;
    this.begin();
  }

  /**
   * Asks its supervisor. Throws `conflict` where it does not answer now, and as `ask`; while its
   * outcome is looked for the card is asked for anew.
   */
  async ask<K extends Command>(
    command: K,
    body: CommandBody<K>,
    timeoutMs?: number
  ): Promise<CommandReply<K>> {
    const { socketPath } = this.watch;
    if (socketPath === null) {
      const { name, state, failure } = this._card;
      throw new HepbatchError('conflict', failure?.message ?? `${name} is ${state}`, {
        next: failure?.data.next ?? 'Wait until it runs.'
      });
    }
    return ask(await this.host(), socketPath, command, body, timeoutMs);
  }

  /** What is left of its supervisor, or what it says; null where nothing is known. */
  get record(): SupervisorRecord | null {
    return recordLeft(this.watch.seen);
  }

  /** Changes how far it is, and tells. */
  advance(change: Partial<IPhase>): void {
    const before = this._phase;
    this._phase = { ...before, ...change };
    if (before.phase !== this._phase.phase || before.stopping !== this._phase.stopping) {
      this._options.advanced(this);
    }
    this._redraw(this.watch.seen);
  }

  /** It is over, and nothing of it runs. */
  end(failure: Failure | null): void {
    if (this._phase.phase !== 'ended') {
      const endedAt = this._options.now().toISOString();
      this.advance({ phase: 'ended', failure, endedAt, loopback: null });
    }
  }

  private _heard(seen: ISeen): boolean {
    const { phase, failure } = this._phase;
    if (phase === 'ended') {
      return false;
    }
    if (seen.silent === null && seen.description !== null) {
      if (phase === 'begun') {
        this.advance({ phase: 'up', failure: null });
      }
      this._stopIfWanted(seen.description.state);
    }
    if (seen.silent?.verdict?.is === 'absent') {
      const age = this._options.now().getTime() - this._begunAt;
      if (phase === 'up') {
        // Its record goes with the last of its jobs, so nothing runs any more.
        this.end(seen.description?.failure ?? null);
        return false;
      }
      if (failure !== null || age > START_MS) {
        this.end(failure ?? seen.silent.failure);
        return false;
      }
    }
    // One that has not begun yet is not silent.
    this._redraw(seen.silent?.verdict?.is === 'absent' ? { ...seen, silent: null } : seen);
    return true;
  }

  /** Who asked for its end may have done so before there was anybody to tell. */
  private _stopIfWanted(state: string): void {
    if (
      this._phase.stopping &&
      (state === 'starting' || state === 'running') &&
      !this._isStopSent
    ) {
      this._isStopSent = true;
      this.ask('stop', {}).catch((error: unknown) => {
        this._isStopSent = false; // it is sent again when it answers
        this._options.log.warn(`stop of ${this.identity.name}`, error);
      });
    }
  }

  private _redraw(seen: ISeen): void {
    const card = cardOf(this.identity, this._phase, seen);
    const isNews = !isDeepStrictEqual({ ...card, heardAt: null }, { ...this._card, heardAt: null });
    this._card = card;
    if (isNews) {
      this._options.changed(this);
    }
  }

  private _isLaunching: boolean;
  private _isStopSent = false;
  private _phase: IPhase;
  private _card: Cluster;
  private readonly _begunAt: number;
}
