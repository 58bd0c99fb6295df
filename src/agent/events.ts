import type { AgentEvent, EventBody } from '../contract';

/** How many messages are kept for those who were away. */
const KEPT = 1000;

/** Takes one message; false when it can take no more before `resume`. It must not throw. */
export type Send = (event: AgentEvent) => boolean;

/** One listener of the hub. */
export interface ISubscription {
  /** Sequence of the last message that was handed over. */
  readonly position: number;
  /** The listener can take messages again; it gets what it missed, or a `reset`. */
  resume(): void;
  /** No message comes any more. */
  dispose(): void;
}

interface IListener {
  position: number;
  ready: boolean;
  readonly send: Send;
  readonly end: () => void;
}

/** Hands every message to every listener, in order, and what was missed to those who come back. */
export class EventHub {
  /**
   * `before` is the sequence before the first message. Taken from the clock it keeps a listener
   * of an earlier agent from believing that it has heard what it has not.
   */
  constructor(before = 0) {
    this._newest = before;
  }

  /** Is told how many listeners there are, each time that changes. */
  onClients: (count: number) => void = () => undefined;

  /** How many listen. */
  get clients(): number {
    return this._listeners.size;
  }

  /** Sequence of the newest message. */
  get newest(): number {
    return this._newest;
  }

  /** Says something to all. */
  publish(body: EventBody): void {
    this._newest += 1;
    this._ring.push({ sequence: this._newest, ...body });
    if (this._ring.length > KEPT) {
      this._ring.shift();
    }
    for (const listener of [...this._listeners]) {
      this._hand(listener);
    }
    this._taps.forEach(take => take(body));
  }

  /** Hands over what is said from now on to a part of the agent itself, which is no client. */
  tap(take: (body: EventBody) => void): () => void {
    this._taps.add(take);
    return () => void this._taps.delete(take);
  }

  /** Tells a part of the agent that somebody listens, where nobody did. */
  whenHeard(take: () => void): () => void {
    this._whenHeard.add(take);
    return () => void this._whenHeard.delete(take);
  }

  /**
   * Listens to all that is said after message `since`; null means from now on. Who asks for what
   * is not kept any more, or was said by another agent, gets a `reset` first. `end` is called
   * when the hub closes.
   */
  subscribe(since: number | null, send: Send, end: () => void = () => undefined): ISubscription {
    const listener: IListener = { position: since ?? this._newest, ready: true, send, end };
    this._listeners.add(listener);
    this.onClients(this._listeners.size);
    if (this._listeners.size === 1) {
      this._whenHeard.forEach(take => take());
    }
    this._hand(listener);
    return {
      get position() {
        return listener.position;
      },
      resume: () => {
        listener.ready = true;
        this._hand(listener);
      },
      dispose: () => this._remove(listener)
    };
  }

  /** Ends all listeners. */
  close(): void {
    for (const listener of [...this._listeners]) {
      this._remove(listener);
      listener.end();
    }
  }

  private _remove(listener: IListener): void {
    if (this._listeners.delete(listener)) {
      this.onClients(this._listeners.size);
    }
  }

  private _hand(listener: IListener): void {
    while (listener.ready && this._listeners.has(listener)) {
      const event = this._after(listener.position);
      if (event === null) {
        return;
      }
      listener.position = event.sequence;
      listener.ready = listener.send(event);
    }
  }

  private _after(position: number): AgentEvent | null {
    if (position === this._newest) {
      return null;
    }
    const oldest = this._newest - this._ring.length + 1;
    return this._ring[position - oldest + 1] ?? { sequence: this._newest, topic: 'reset' };
  }

  private readonly _ring: AgentEvent[] = [];
  private readonly _listeners = new Set<IListener>();
  private readonly _taps = new Set<(body: EventBody) => void>();
  private readonly _whenHeard = new Set<() => void>();
  private _newest: number;
}
