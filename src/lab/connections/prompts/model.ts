import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { prompts, toFailure } from '../../../contract';
import type { AgentEvent, Call, Failure, Prompt } from '../../../contract';

/** Something that is asked, and until when it may be answered by the clock of this browser. */
export interface IOpenPrompt {
  readonly prompt: Prompt;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Why the last attempt to hand the answer over failed. */
  readonly failure: Failure | null;
}

type News = Map<string, IOpenPrompt | null>;

/**
 * What hosts ask at this moment, the oldest first. Answers go through and are kept nowhere. Who
 * answers elsewhere makes a prompt go away here, too.
 */
export class PromptsModel implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>,
    private readonly _now: () => number = Date.now
  ) {
    this._heard.connect(this._onHeard, this);
  }

  get prompts(): readonly IOpenPrompt[] {
    return this._prompts;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Reads what is asked. Where that fails the agent is lost: it says `reset` when it is back. */
  async refresh(): Promise<void> {
    const news: News = new Map();
    this._news.add(news);
    try {
      const listed = await this._call(prompts.list, undefined);
      this._prompts = listed.prompts.map(
        prompt => this._known(prompt.id) ?? this._opened(prompt, false)
      );
      // What was told while the answer was on its way is newer than the answer.
      news.forEach((open, id) => this._put(id, open));
    } catch {
      return; // told by the notice of the sidebar, which knows the agent
    } finally {
      this._news.delete(news);
    }
    this._stateChanged.emit();
  }

  /** Hands an answer over. Where that fails the prompt stays, with the reason. */
  async answer(id: string, answer: string): Promise<void> {
    await this._end(id, () => this._call(prompts.answer, { id, answer }));
  }

  /** Lets whoever asks know that there is no answer. */
  async cancel(id: string): Promise<void> {
    await this._end(id, () => this._call(prompts.cancel, { id }));
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  private async _end(id: string, tell: () => Promise<unknown>): Promise<void> {
    const open = this._known(id);
    if (open === undefined) {
      return;
    }
    this._closed.delete(id);
    this._put(id, null);
    this._stateChanged.emit();
    try {
      await tell();
    } catch (error) {
      const failure = toFailure(error);
      // Somebody else was faster, or its time was over: it is closed, as was wanted.
      const isOver = failure.code === 'conflict' || failure.code === 'not-found';
      if (!isOver && !this._closed.has(id)) {
        this._put(id, { ...open, failure });
        this._stateChanged.emit();
      }
    }
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
    } else if (event.topic === 'prompt' && this._known(event.prompt.id) === undefined) {
      this._put(event.prompt.id, this._opened(event.prompt, true));
      this._stateChanged.emit();
    } else if (event.topic === 'prompt-closed') {
      this._closed.add(event.id);
      this._put(event.id, null);
      this._stateChanged.emit();
    }
  }

  private _known(id: string): IOpenPrompt | undefined {
    return this._prompts.find(({ prompt }) => prompt.id === id);
  }

  private _put(id: string, open: IOpenPrompt | null): void {
    this._news.forEach(news => news.set(id, open));
    const others = this._prompts.filter(({ prompt }) => prompt.id !== id);
    const later = (other: IOpenPrompt) =>
      open !== null && other.prompt.askedAt > open.prompt.askedAt;
    const at = others.findIndex(later);
    if (open !== null) {
      others.splice(at < 0 ? others.length : at, 0, open);
    }
    this._prompts = others;
  }

  /** The clocks of agent and browser may differ: of what is told at once only the span counts. */
  private _opened(prompt: Prompt, isFresh: boolean): IOpenPrompt {
    const until = Date.parse(prompt.expiresAt);
    const latest = this._now() + until - Date.parse(prompt.askedAt);
    return { prompt, deadline: isFresh ? latest : Math.min(until, latest), failure: null };
  }

  private _prompts: readonly IOpenPrompt[] = [];
  private _isDisposed = false;
  /** What was told since each read of the list that is under way; null: closed. */
  private readonly _news = new Set<News>();
  /** Ids that the agent said are closed. */
  private readonly _closed = new Set<string>();
  private readonly _stateChanged = new Signal<this, void>(this);
}
