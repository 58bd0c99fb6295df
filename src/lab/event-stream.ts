import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { AgentEvent, toFailure } from '../contract';
import type { Failure } from '../contract';
import { SseParser } from './sse';
import type { AgentState } from './tokens';

/** Failures that pass by themselves: the next attempt may succeed. */
const PASSING: ReadonlySet<string> = new Set([
  'unreachable',
  'timed-out',
  'internal',
  'unknown-outcome'
]);

/**
 * The event stream of the agent, opened again whenever it breaks. A fault that does not pass by
 * itself (no Node, no permission) is told once and waits for `retry`.
 */
export class EventStream implements IDisposable {
  constructor(options: EventStream.IOptions) {
    this._open = options.open;
    this._delays = { first: 500, most: 30_000, silence: 60_000, ...options.delays };
  }

  get state(): AgentState {
    return this._state;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get heard(): ISignal<this, AgentEvent> {
    return this._heard;
  }

  get isDisposed(): boolean {
    return this._end.signal.aborted;
  }

  /** Opens the stream and keeps it open until `dispose`. */
  async run(): Promise<void> {
    this._set(this._state === 'unknown' ? 'starting' : this._state, this._failure);
    let delay = this._delays.first;
    for (;;) {
      while (this._isResting && !this.isDisposed) {
        await this._pause(null);
      }
      const wasOpen = await this._listen();
      if (this.isDisposed) {
        return;
      }
      delay = wasOpen ? this._delays.first : delay;
      if (this._failure !== null) {
        await this._pause(PASSING.has(this._failure.code) ? delay : null);
      }
      delay = Math.min(2 * delay, this._delays.most);
    }
  }

  /** Closes the line until `goOn`; what is said meanwhile is heard then. */
  rest(): void {
    this._isResting = true;
    this._line.abort();
  }

  /** Opens the line again after `rest`, or does nothing. */
  goOn(): void {
    if (this._isResting) {
      this._isResting = false;
      this._wake();
    }
  }

  /** Ends the present pause, or does nothing. */
  retry(): void {
    this._wake();
  }

  dispose(): void {
    this._end.abort();
    this._wake();
    Signal.clearData(this);
  }

  /** Listens until the stream breaks; tells whether it had been open. */
  private async _listen(): Promise<boolean> {
    const line = new AbortController();
    this._line = line;
    const end = () => line.abort();
    this._end.signal.addEventListener('abort', end);
    let silent: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(silent);
      silent = setTimeout(end, this._delays.silence);
    };
    let wasOpen = false;
    try {
      listen();
      const response = await this._open(this._position, line.signal);
      wasOpen = true;
      this._opened();
      await this._read(response, listen);
      this._broke(null);
    } catch (error) {
      this._broke(wasOpen ? null : toFailure(error));
    } finally {
      clearTimeout(silent);
      line.abort();
      this._end.signal.removeEventListener('abort', end);
    }
    return wasOpen;
  }

  private async _read(response: Response, listen: () => void): Promise<void> {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done || this.isDisposed) {
        return;
      }
      listen();
      for (const { id, data } of parser.push(decoder.decode(piece.value, { stream: true }))) {
        this._position = id ?? this._position;
        if (data !== null) {
          this._take(data);
        }
      }
    }
  }

  private _take(data: string): void {
    let said: unknown;
    try {
      said = JSON.parse(data);
    } catch {
      said = null;
    }
    const event = AgentEvent.safeParse(said);
    // What cannot be read was said all the same: ask for everything again.
    this._heard.emit(event.success ? event.data : { sequence: 0, topic: 'reset' });
  }

  private _opened(): void {
    this._set('up', null);
    if (this._position === null) {
      // What was said since a model asked, and before this line was open, nobody heard.
      this._heard.emit({ sequence: 0, topic: 'reset' });
    }
  }

  private _broke(failure: Failure | null): void {
    if (this.isDisposed || this._isResting) {
      return;
    }
    const lost: Failure = {
      code: 'unreachable',
      message: 'The line to the hepbatch agent broke.',
      data: { next: 'It is being restarted and connected again; nothing needs to be done.' }
    };
    const wasUp = this._state === 'up' || this._state === 'lost';
    const gone = failure !== null && !PASSING.has(failure.code);
    this._set(wasUp && !gone ? 'lost' : 'absent', failure ?? lost);
  }

  private _set(state: AgentState, failure: Failure | null): void {
    const same = state === this._state && failure?.message === this._failure?.message;
    this._state = state;
    this._failure = failure;
    if (!same) {
      this._stateChanged.emit();
    }
  }

  /** Waits for so many milliseconds or for `retry`; null: for `retry` only. */
  private async _pause(ms: number | null): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this._wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this._wake = () => undefined;
  }

  private readonly _open: EventStream.IOptions['open'];
  private readonly _delays: EventStream.IDelays;
  private readonly _end = new AbortController();
  private readonly _stateChanged = new Signal<this, void>(this);
  private readonly _heard = new Signal<this, AgentEvent>(this);
  private _state: AgentState = 'unknown';
  private _failure: Failure | null = null;
  private _position: string | null = null;
  private _line = new AbortController();
  private _isResting = false;
  private _wake: () => void = () => undefined;
}

/** Types of the event stream. */
export namespace EventStream {
  /** Milliseconds. */
  export interface IDelays {
    /** Before the first new attempt; doubled each time. */
    readonly first: number;
    /** The longest pause between attempts. */
    readonly most: number;
    /** The agent says something every 15 s; after this long the line counts as broken. */
    readonly silence: number;
  }

  /** What the stream is made of. */
  export interface IOptions {
    /** Opens the stream from a position; rejects with `HepbatchError`. */
    readonly open: (since: string | null, signal: AbortSignal) => Promise<Response>;
    readonly delays?: Partial<IDelays>;
  }
}
