import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { Client } from 'ssh2';
import { HepbatchError } from '../../../../contract';
import { listen } from '../../../cancel';
import type { ILog } from '../../../log';
import type { ISshHop } from '../../ssh-config/hop';
import type { Ask } from '../../asker';
import type { IKeepalive } from '../open-options';
import type { AskUser, HostKeyCheck } from './host-key';
import type { KeyRing } from './key-ring';
import { lineError } from './line-error';
import { FreshLineNeeded, Login } from './login';
import { Patience } from './patience';
import { Pulse } from './pulse';

/** What a line is made of. */
export interface ILineOptions {
  readonly hop: ISshHop;
  /** What leads to the server's port. */
  readonly transport: Duplex;
  /** What is known of its key. */
  readonly hostKey: HostKeyCheck;
  readonly keys: KeyRing;
  readonly ask: Ask;
  readonly log: ILog;
  readonly signal: AbortSignal;
  /** Null for a jump host: who is silent behind it is noticed first. */
  readonly keepalive: IKeepalive | null;
  /** How long the server may be silent while we wait for it during login. */
  readonly patienceMs: number;
}

/** One SSH connection to one server, from the first byte to the last. */
export class Line {
  private constructor(private readonly _options: ILineOptions) {
    const { hop, patienceMs } = _options;
    this.title = hop.title;
    this._patience = new Patience(patienceMs, () =>
      this._end(`no word from it for ${patienceMs / 1000} s`)
    );
    this._login = new Login({
      hop,
      keys: _options.keys,
      ask: this._ask,
      atLeisure: work => this._patience.pauseFor(work),
      giveUp: cause => this._end(cause)
    });
  }

  /**
   * Logs in. Throws `unreachable`, `denied`, `unsupported`, `cancelled`; FreshLineNeeded where another
   * line has to be tried.
   */
  static async open(options: ILineOptions): Promise<Line> {
    const line = new Line(options);
    await line._connect(); // at once: a transport that has ended meanwhile would not say so again
    return line;
  }

  readonly title: string;
  readonly client = new Client();

  /** Resolves with the reason when the line is no more, whoever ended it. */
  readonly ended = new Promise<string>(resolve => (this._tellEnd = resolve));

  /** The reason why it is no more; null while it is. */
  get end(): string | null {
    return this._reason;
  }

  /** Calls `tell` when it ends; until the function that it gives is called. */
  watch(tell: (reason: string) => void): () => void {
    this._watchers.add(tell);
    return () => this._watchers.delete(tell);
  }

  /** Says goodbye and ends it. */
  close(): void {
    this.client.end();
    this._end('closed');
  }

  /** Asks the user, who has all the time that the server gives him; rejects where he would not answer. */
  private readonly _ask: AskUser = async question => {
    const answer = await this._patience.pauseFor(() =>
      this._options.ask(question, this._stop.signal)
    );
    if (answer === null) {
      throw new HepbatchError('cancelled', `${question.title} asked and got no answer`, {
        next: 'Open the connection again to answer.'
      });
    }
    return answer;
  };

  private _connect(): Promise<void> {
    const { hop, transport, hostKey, keepalive, signal } = this._options;
    const { client, _login: login } = this;
    return new Promise((resolve, reject) => {
      this._fail = reject;
      listen(signal, this._cancel);
      if (signal.aborted) {
        this._cancel();
        return;
      }
      client.on('ready', () => {
        this._isOpen = true;
        this._patience.dispose();
        transport.off('data', heard);
        this._options.keys.forget();
        signal.removeEventListener('abort', this._cancel);
        if (keepalive !== null) {
          this._pulse = new Pulse(keepalive, transport, reason => this._end(reason));
        }
        resolve();
      });
      // What an agent cannot do is no end: the next key is tried.
      client.on('error', cause => {
        if (cause.level !== 'agent') {
          this._end(cause);
        }
      });
      client.on('end', () => this._end('the host ended the connection'));
      client.on('close', () => this._end('the host ended the connection'));
      client.on('banner', text => login.banner(text));
      client.on('change password', prompt => this._end(passwordExpired(this.title, prompt)));
      const heard = () => this._patience.renew();
      client.connect({
        sock: transport,
        username: hop.user,
        hostVerifier: (key: Buffer, accept: (isRight: boolean) => void) => {
          if (hostKey.isTrusted(key)) {
            accept(true); // at once: ssh2 would send data in between, which breaks the line
          } else {
            hostKey
              .check(key, this._ask)
              .then(() => accept(true))
              .catch((cause: unknown) => this._end(cause));
          }
        },
        authHandler: login.next,
        algorithms: { serverHostKey: hostKey.algorithms },
        debug: message => {
          if (this._isOpen) {
            return;
          }
          const [, methods] = /^Inbound: Received USERAUTH_FAILURE \((.*)\)$/.exec(message) ?? [];
          if (methods !== undefined) {
            login.hear(methods.split(','));
          }
        },
        readyTimeout: 0, // it would count what the user types
        strictVendor: false, // a server that does not know a request says so
        keepaliveInterval: keepalive?.intervalMs ?? 0,
        // The answers alone would not do: behind much data they come late. See Pulse.
        keepaliveCountMax: Number.MAX_SAFE_INTEGER
      });
      transport.on('data', heard);
    });
  }

  /** The first reason is the one that counts; whatever waits is told, and the socket is gone. */
  private _end(cause: unknown): void {
    if (this._reason !== null) {
      return;
    }
    this._reason = typeof cause === 'string' ? cause : messageOf(cause);
    this._patience.dispose();
    this._pulse?.dispose();
    this._options.signal.removeEventListener('abort', this._cancel);
    this._stop.abort();
    if (!this._isOpen) {
      const isCut = /too many authentication failures/i.test(this._reason);
      const isFresh = cause instanceof FreshLineNeeded || (isCut && this._login.wasCut());
      this._fail(isFresh ? new FreshLineNeeded() : lineError(this.title, cause, this._login));
    }
    this._tellEnd(this._reason);
    this._watchers.forEach(tell => tell(this._reason ?? ''));
    this._watchers.clear();
    this._options.transport.destroy();
  }

  private readonly _cancel = () =>
    this._end(
      new HepbatchError('cancelled', `${this.title}: cancelled`, { next: 'Open it again.' })
    );

  declare private _tellEnd: (reason: string) => void;
  private _fail: (cause: unknown) => void = () => undefined;
  private readonly _watchers = new Set<(reason: string) => void>();
  private _isOpen = false;
  private _reason: string | null = null;
  private _pulse: Pulse | null = null;
  /** Ends the questions that wait when the line ends. */
  private readonly _stop = new AbortController();
  private readonly _login: Login;
  private readonly _patience: Patience;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function passwordExpired(title: string, prompt: string): HepbatchError {
  return new HepbatchError('denied', `${title}: the password has expired: ${prompt.trim()}`, {
    next: 'Log in by ssh in a terminal once to change it.'
  });
}
