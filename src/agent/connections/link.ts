import { HepbatchError, toFailure } from '../../contract';
import type { Connection, Failure, FailureCode, HostAddress, HostDetails } from '../../contract';
import type { After } from '../idle';
import type { ILog } from '../log';
import type { Ask, Question } from './asker';
import { MOST_TRIES, backOffMs } from './back-off';
import type { IHost } from './hosts/host';
import type { IOpenedHost, OpenHost } from './hosts/open';
import type { Prompts } from './prompts';
import { Questions } from './questions';

/** What a link is made of; `look` finds out about the host, and rejects where the line broke. */
export interface ILinkOptions<F> {
  readonly address: HostAddress;
  readonly openHost: OpenHost;
  readonly look: (opened: IOpenedHost, signal: AbortSignal) => Promise<F>;
  /** When what was found is to be looked at again, in milliseconds from now. */
  readonly lookAgainMs: (findings: F) => number;
  readonly prompts: Prompts;
  readonly log: ILog;
  readonly after: After;
  readonly now: () => Date;
  readonly random: () => number;
  /** Is told of every change. */
  readonly changed: () => void;
}

/** How it stands with a link, as the contract has it for each of its connections. */
export type ILinkStatus = Pick<
  Connection,
  'state' | 'failure' | 'nextTryAt' | 'paused' | 'openedAt'
>;

/** Failures that may be over by themselves; all others need a person. */
const PASSING: readonly FailureCode[] = ['unreachable', 'timed-out', 'connection-lost'];

/** The program that speaks to a host, and why that one. */
export type IClient = Pick<HostDetails, 'client' | 'clientWhy'>;

/** Nothing is open, and nothing is wrong. */
export const CLOSED: ILinkStatus = {
  state: 'closed',
  failure: null,
  nextTryAt: null,
  paused: false,
  openedAt: null
};

/**
 * The one line to a host, for all connections that lead there: opened and closed by the user; opened
 * again by itself, in growing steps, when it broke, as long as that needs nobody.
 */
export class Link<F> {
  constructor(private readonly _options: ILinkOptions<F>) {}

  get status(): ILinkStatus {
    return this._status;
  }

  /** What was found out last; kept while the line is lost. */
  get findings(): F | null {
    return this._findings;
  }

  /** The open host and why it is reached so; null in every other state. */
  get opened(): IOpenedHost | null {
    return this._opened;
  }

  /** The program that spoke to the host when that was found out. */
  get client(): IClient | null {
    return this._client;
  }

  /** True while it is being opened: somebody waits for that. */
  get busy(): boolean {
    return this._status.state === 'opening' || this._status.state === 'asking';
  }

  /** Begins to open it, asking on behalf of `connection`; does nothing where that is done or begun. */
  open(connection: string): void {
    if (this._status.state !== 'open' && !(this.busy && this._isByUser)) {
      this._tries = 0;
      this._trying = this._try(connection, true);
    }
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    this._stop.abort();
    this._callOff();
    this._findings = null;
    this._set(CLOSED);
    await this._drop();
  }

  /**
   * The open host. Throws `connection-lost` while the line is broken, `unreachable` where it is not
   * open.
   */
  use(): IHost {
    return this._need().host;
  }

  /** The open host, opened first where it is closed; for a host that needs no person. */
  async useNow(connection: string): Promise<IHost> {
    this.open(connection);
    await this._trying;
    return this.use();
  }

  /**
   * Looks at the host again. Who asks while a look goes on gets the next one, since that one may have
   * seen what was before. Throws as `use`.
   */
  look(): Promise<void> {
    if (this._looking === null) {
      this._looking = this._look().finally(() => (this._looking = null));
      return this._looking;
    }
    this._lookAfter ??= this._looking
      .catch(() => undefined) // told to who asked for that one
      .then(() => {
        this._lookAfter = null;
        return this.look();
      });
    return this._lookAfter;
  }

  private _need(): IOpenedHost {
    if (this._opened !== null) {
      return this._opened;
    }
    const { state, failure } = this._status;
    const connection = `The connection to ${titleOf(this._options.address)}`;
    throw state === 'lost'
      ? new HepbatchError('connection-lost', failure?.message ?? `${connection} is lost.`, {
          next: 'Wait until it is back, or open it again.'
        })
      : new HepbatchError('unreachable', `${connection} is ${state}.`, {
          next: 'Open the connection first.'
        });
  }

  private async _try(connection: string, isByUser: boolean): Promise<void> {
    this._stop.abort();
    this._callOff();
    const stop = new AbortController();
    this._stop = stop;
    this._isByUser = isByUser;
    const questions = new Questions(this._options.prompts, connection, stop.signal, question => {
      if (!stop.signal.aborted) {
        this._set({ ...this._status, state: question === null ? 'opening' : 'asking' });
      }
    });
    let refused: Question | null = null;
    const refuse: Ask = question => {
      refused = question;
      return Promise.resolve(null);
    };
    const ask = isByUser ? questions.ask : refuse;
    this._set({ ...this._status, state: 'opening', failure: null, nextTryAt: null, paused: false });
    try {
      const opened = await this._options.openHost(this._options.address, ask, stop.signal);
      if (stop.signal.aborted) {
        await opened.host.close();
      } else {
        this._take(opened, connection);
      }
    } catch (error) {
      if (stop.signal.aborted) {
        return; // closed meanwhile, and nobody waits for this any more
      }
      this._options.log.warn(`opening ${titleOf(this._options.address)}`, error);
      if (isByUser) {
        this._failByUser(questions.explain(error), connection);
      } else {
        this._failAgain(refused, error, connection);
      }
    }
  }

  private _take(opened: IOpenedHost, connection: string): void {
    this._opened = opened;
    this._tries = 0;
    const openedAt = this._options.now().toISOString();
    this._set({ ...CLOSED, state: 'open', openedAt });
    void opened.host.lost.then(reason => {
      if (this._opened === opened) {
        void this._lose(reason, connection);
      }
    });
    void this.look().catch((error: unknown) => {
      this._options.log.warn(`looking at ${opened.host.title}`, error);
    });
  }

  private async _lose(reason: string, connection: string): Promise<void> {
    const title = this._opened?.host.title ?? titleOf(this._options.address);
    this._stop.abort();
    const dropped = this._drop();
    const failure: Failure = {
      code: 'connection-lost',
      message: `The connection to ${title} is lost: ${reason}`,
      data: { next: 'It is opened again by itself; what ran there may go on.' }
    };
    this._options.log.warn(failure.message);
    this._wait(failure, connection);
    await dropped;
  }

  /** The user asked for it and looks on; what may pass is tried again where it had been open. */
  private _failByUser(error: unknown, connection: string): void {
    const failure = toFailure(error);
    const wasOpen = this._status.openedAt !== null;
    if (failure.code === 'cancelled') {
      this._findings = null;
      this._set(CLOSED);
    } else if (wasOpen && PASSING.includes(failure.code)) {
      this._wait(failure, connection);
    } else {
      this._fail(failure);
    }
  }

  private _failAgain(asked: Question | null, error: unknown, connection: string): void {
    const failure = toFailure(error);
    this._tries += 1;
    if (asked !== null) {
      this._pause({
        code: 'denied',
        message: `${asked.title} asks again: ${asked.text.trim()}`,
        data: { next: 'Open it to answer.' }
      });
    } else if (!PASSING.includes(failure.code) || this._tries >= MOST_TRIES) {
      this._pause(failure);
    } else {
      this._wait(failure, connection);
    }
  }

  private _wait(failure: Failure, connection: string): void {
    const ms = backOffMs(this._tries, this._options.random());
    const nextTryAt = new Date(this._options.now().getTime() + ms).toISOString();
    this._set({ ...this._status, state: 'lost', failure, nextTryAt, paused: false });
    this._callOff();
    this._callOff = this._options.after(ms, () => void this._try(connection, false));
  }

  private _pause(failure: Failure): void {
    this._set({ ...this._status, state: 'lost', failure, nextTryAt: null, paused: true });
  }

  private _fail(failure: Failure): void {
    this._findings = null;
    this._set({ ...CLOSED, state: 'failed', failure });
  }

  private async _look(): Promise<void> {
    const opened = this._need();
    const findings = await this._options.look(opened, this._stop.signal);
    if (this._opened === opened) {
      this._findings = findings;
      this._client = { client: opened.host.client, clientWhy: opened.clientWhy };
      this._options.changed();
      this._callOff();
      this._callOff = this._options.after(this._options.lookAgainMs(findings), () => {
        void this.look().catch((error: unknown) => {
          this._options.log.warn(`looking again at ${opened.host.title}`, error);
        });
      });
    }
  }

  private async _drop(): Promise<void> {
    const opened = this._opened;
    this._opened = null;
    await opened?.host.close().catch((error: unknown) => {
      this._options.log.warn(`closing ${opened.host.title}`, error);
    });
  }

  private _set(status: ILinkStatus): void {
    this._status = status;
    this._options.changed();
  }

  private _status: ILinkStatus = CLOSED;
  private _findings: F | null = null;
  private _client: IClient | null = null;
  private _opened: IOpenedHost | null = null;
  private _looking: Promise<void> | null = null;
  private _lookAfter: Promise<void> | null = null;
  private _trying: Promise<void> = Promise.resolve();
  private _tries = 0;
  private _isByUser = false;
  private _stop = new AbortController();
  /** Calls off what is to happen later: the next try while lost, the next look while open. */
  private _callOff: () => void = () => undefined;
}

/** A host in words, before it is open. */
export function titleOf(address: HostAddress): string {
  return address.kind === 'local' ? 'this machine' : address.destination;
}
