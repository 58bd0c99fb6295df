import { HepbatchError, toFailure } from '../../../contract';
import type { Failure, SupervisorRecord } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import type { ILog } from '../../log';
import type { HostPlaces } from '../host-places';
import { ask, follow } from '../supervisor/line';
import { judge, silenceOf } from './judge';
import { NOTHING_SEEN } from './seen';
import type { ISeen, Verdict } from './seen';
import { Wake } from './wake';

/** What a watch is made of. */
export interface IWatchOptions {
  readonly name: string;
  readonly folder: string;
  /** The open host; throws where the connection is not open. */
  readonly host: () => Promise<IHost>;
  readonly places: HostPlaces;
  readonly log: ILog;
  /** Whether somebody wants to see news now. */
  readonly isListened: () => boolean;
  readonly now: () => Date;
  /** Is told of every change; false ends the watch. */
  readonly changed: (seen: ISeen) => boolean;
}

/** Between two questions after news; between two without; the same while nobody listens. */
const GAP_MS = 700;
const POLL_MS = 5000;
const QUIET_GAP_MS = 10_000;
const QUIET_POLL_MS = 60_000;

/** How soon a supervisor that was not reached is looked for again. */
const RETRY_MS = 3000;
const QUIET_RETRY_MS = 60_000;

/** One that was there a moment ago is looked for so soon, and so often, before it counts as silent. */
const SOON_MS = 500;
const MOST_MISSES = 6;

/** A supervisor that answers slowly is asked less often. */
const MOST_SHARE = 10;

/**
 * Keeps to one supervisor for as long as it lives: one conversation with its news, one question at a
 * time, and what is left of it where it does not answer.
 */
export class Watch {
  constructor(private readonly _options: IWatchOptions) {}

  get seen(): ISeen {
    return this._seen;
  }

  /** Where its supervisor listens; null while none is known to. */
  get socketPath(): string | null {
    return this._socketPath;
  }

  /** Begins; does nothing where it has begun. */
  begin(): void {
    this._running ??= this._run().finally(() => {
      this._running = null;
    });
  }

  /** Asks again soon. */
  nudge(): void {
    this._wake.call();
  }

  /** Asks now, and resolves when that was done. Never throws: what was found is in `seen`. */
  async look(): Promise<void> {
    if (this._running !== null && !this._isOver()) {
      const done = new Promise<void>(resolve => this._waiting.push(resolve));
      this._isAsked = true;
      this.nudge();
      await done;
    }
  }

  async dispose(): Promise<void> {
    this._stop.abort();
    this.nudge();
    await this._running;
  }

  private _isOver(): boolean {
    return this._stop.signal.aborted;
  }

  private async _run(): Promise<void> {
    let misses = 0;
    while (!this._isOver()) {
      let pauseMs = this._options.isListened() ? RETRY_MS : QUIET_RETRY_MS;
      try {
        const host = await this._options.host();
        const { name } = await this._options.places.of(host);
        const verdict = await judge(host, this._options.folder, name);
        const talked = verdict.is === 'alive' ? await this._attend(host, verdict.record) : null;
        misses = talked === null ? MOST_MISSES : talked.answered ? 0 : misses + 1;
        // One that ends lets go of its socket first, and of its record a moment later.
        if (misses < MOST_MISSES && talked?.failure?.code !== 'timed-out') {
          pauseMs = SOON_MS;
        } else if (!this._isOver()) {
          this._tell(verdict, name);
        }
      } catch (error) {
        this._told({ ...this._seen, silent: { verdict: null, failure: toFailure(error) } });
      }
      this._answerWaiting();
      if (!this._isOver()) {
        await this._wake.wait(pauseMs);
      }
    }
    this._answerWaiting();
  }

  /** Talks with a supervisor until it, or the line to it, ends. Throws only where the host is lost. */
  private async _attend(
    host: IHost,
    { socketPath }: SupervisorRecord
  ): Promise<{ readonly answered: boolean; readonly failure: Failure | null }> {
    const talk = new AbortController();
    const stop = () => talk.abort();
    this._stop.signal.addEventListener('abort', stop, { once: true });
    let answered = false;
    try {
      const first = await this._describe(host, socketPath);
      let { tookMs } = first;
      answered = true;
      this._socketPath = socketPath;
      const listening = this._listen(host, socketPath, first.sequence, talk);
      let askedAt = Date.now();
      for (;;) {
        await this._pause(askedAt, tookMs, talk.signal);
        if (talk.signal.aborted) {
          break;
        }
        ({ tookMs } = await this._describe(host, socketPath));
        askedAt = Date.now();
      }
      await listening;
      return { answered, failure: null };
    } catch (error) {
      if (!(error instanceof HepbatchError) || error.code === 'connection-lost') {
        throw error;
      }
      this._options.log.info(`${this._options.name}: ${error.message}`);
      return { answered, failure: error.toFailure() };
    } finally {
      this._socketPath = null;
      this._stop.signal.removeEventListener('abort', stop);
      talk.abort();
    }
  }

  /** Waits for news, for the time of the next question, or for somebody who asks. */
  private async _pause(askedAt: number, tookMs: number, signal: AbortSignal): Promise<void> {
    let isNews = false;
    while (!signal.aborted && !this._isAsked) {
      const isListened = this._options.isListened();
      const gapMs = Math.max(isListened ? GAP_MS : QUIET_GAP_MS, tookMs * 2);
      const pollMs = Math.max(isListened ? POLL_MS : QUIET_POLL_MS, tookMs * MOST_SHARE);
      const left: number = askedAt + (isNews ? gapMs : pollMs) - Date.now();
      if (left <= 0) {
        return;
      }
      isNews = (await this._wake.wait(left)) || isNews;
    }
  }

  private async _describe(
    host: IHost,
    socketPath: string
  ): Promise<{ sequence: number; tookMs: number }> {
    const began = Date.now();
    const asked = this._waiting.length;
    const description = await ask(host, socketPath, 'describe', {});
    const heardAt = this._options.now().toISOString();
    this._told({ description, heardAt, silent: null });
    this._waiting.splice(0, asked).forEach(resolve => resolve());
    this._isAsked = this._waiting.length > 0;
    return { sequence: description.sequence, tookMs: Date.now() - began };
  }

  /** Wakes us at each piece of news, and ends the talk when no more can come. */
  private async _listen(
    host: IHost,
    socketPath: string,
    since: number,
    talk: AbortController
  ): Promise<void> {
    try {
      // What they say is asked for as a whole.
      const news = follow(host, socketPath, 'events', { since }, talk.signal);
      while ((await news.next()).done !== true) {
        this.nudge();
      }
    } catch (error) {
      this._options.log.info(`${this._options.name}: no more news: ${toFailure(error).message}`);
    } finally {
      talk.abort();
      this.nudge();
    }
  }

  private _tell(verdict: Verdict, hostName: string): void {
    const failure = silenceOf(verdict, this._options.name, hostName);
    this._told({ ...this._seen, silent: { verdict, failure } });
  }

  private _told(seen: ISeen): void {
    this._seen = seen;
    if (!this._options.changed(seen)) {
      this._stop.abort();
    }
  }

  private _answerWaiting(): void {
    this._waiting.splice(0).forEach(resolve => resolve());
    this._isAsked = false;
  }

  private _seen: ISeen = NOTHING_SEEN;
  private _socketPath: string | null = null;
  private _isAsked = false;
  private _running: Promise<void> | null = null;
  private readonly _wake = new Wake();
  private readonly _stop = new AbortController();
  private readonly _waiting: (() => void)[] = [];
}
