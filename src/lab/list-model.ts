import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../contract';
import type { AgentEvent, Call, Failure } from '../contract';

/** What was told since a question was asked, by id; null: it is gone. */
type News<T> = Map<string, T | null>;

/** What an event says of one of the list; null: it is about something else. */
export type Told<T> = { readonly id: string; readonly one: T | null } | null;

/** A list as last heard from the agent, kept up to date by its events. */
export abstract class ListModel<T> implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    protected readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  /** False until the list was read once. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Why the list could not be read, last time. */
  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The one of an id, where it is known. */
  find(id: string): T | undefined {
    return this._all.find(one => this._idOf(one) === id);
  }

  /** Reads the list; what fails is kept as `failure`. */
  async refresh(): Promise<void> {
    try {
      await this._asking(async news => {
        this._all = await this._read();
        this._isLoaded = true;
        this._failure = null;
        // What was told while the answer was on its way is newer than the answer.
        for (const [id, one] of news) {
          this._put(id, one);
        }
      });
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._tell();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  protected abstract _idOf(one: T): string;

  /** Asks the agent for the whole list. */
  protected abstract _read(): Promise<readonly T[]>;

  /** What an event says of one of them. */
  protected abstract _told(event: AgentEvent): Told<T>;

  /** Where a new one stands among the others. */
  protected abstract _place(one: T, others: readonly T[]): number;

  protected get _listed(): readonly T[] {
    return this._all;
  }

  /** Asks for one; what was told of it meanwhile is at least as new as the answer. */
  protected async _ask(ask: () => Promise<T>): Promise<T> {
    const one = await this._askFor(ask, answer => answer);
    return this.find(this._idOf(one)) ?? one;
  }

  /** The same for an answer that says more than how one of the list stands, or nothing of it. */
  protected async _askFor<A>(ask: () => Promise<A>, oneOf: (answer: A) => T | null): Promise<A> {
    return this._asking(async news => {
      const answer = await ask();
      const one = oneOf(answer);
      if (one !== null && !news.has(this._idOf(one))) {
        this._put(this._idOf(one), one);
        this._tell();
      }
      return answer;
    });
  }

  /** Takes one away, unless something was told of it meanwhile. */
  protected async _forget(id: string, ask: () => Promise<unknown>): Promise<void> {
    await this._asking(async news => {
      await ask();
      if (!news.has(id)) {
        this._put(id, null);
        this._tell();
      }
    });
  }

  protected _put(id: string, one: T | null): void {
    this._news.forEach(news => news.set(id, one));
    const at = this._all.findIndex(other => this._idOf(other) === id);
    const others = this._all.filter(other => this._idOf(other) !== id);
    if (one !== null) {
      others.splice(at < 0 ? this._place(one, others) : at, 0, one);
    }
    this._all = others;
  }

  protected _tell(): void {
    this._stateChanged.emit();
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
      return;
    }
    const told = this._told(event);
    if (told !== null) {
      this._put(told.id, told.one);
      this._tell();
    }
  }

  private async _asking<R>(ask: (news: News<T>) => Promise<R>): Promise<R> {
    const news: News<T> = new Map();
    this._news.add(news);
    try {
      return await ask(news);
    } finally {
      this._news.delete(news);
    }
  }

  private _all: readonly T[] = [];
  private _isLoaded = false;
  private _isDisposed = false;
  private _failure: Failure | null = null;
  private readonly _news = new Set<News<T>>();
  private readonly _stateChanged = new Signal<this, void>(this);
}
