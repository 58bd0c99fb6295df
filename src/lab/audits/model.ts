import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { audits, toFailure } from '../../contract';
import type { AgentEvent, Audit, AuditRequest, Call, Failure } from '../../contract';

/** The recent audits as last heard from the agent, newest first. */
export class AuditsModel implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  get audits(): readonly Audit[] {
    return this._audits;
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

  /** Reads the list; what fails is kept as `failure`. */
  async refresh(): Promise<void> {
    const news = new Map<string, Audit | null>();
    this._news.add(news);
    try {
      const listed = await this._call(audits.list, undefined);
      // What was told while the answer was on its way is newer than the answer.
      this._audits = listed;
      this._isLoaded = true;
      this._failure = null;
      for (const [id, audit] of news) {
        this._put(id, audit);
      }
    } catch (error) {
      this._failure = toFailure(error);
    } finally {
      this._news.delete(news);
    }
    this._stateChanged.emit();
  }

  /** Starts an audit; resolves as soon as it runs. */
  async start(request: AuditRequest): Promise<Audit> {
    return this._take(await this._call(audits.start, request));
  }

  async read(id: string): Promise<Audit> {
    return this._take(await this._call(audits.read, { id }));
  }

  /** Ends a running audit at once. */
  async cancel(id: string): Promise<Audit> {
    return this._take(await this._call(audits.cancel, { id }));
  }

  /** Starts the same audit once more, as a new one. */
  async rerun(id: string): Promise<Audit> {
    const known = this._audits.find(audit => audit.id === id) ?? (await this.read(id));
    return this.start(known.request);
  }

  /** Forgets an audit. */
  async remove(id: string): Promise<void> {
    await this._call(audits.remove, { id });
    this._put(id, null);
    this._stateChanged.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._heard.disconnect(this._onHeard, this);
      Signal.clearData(this);
    }
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
      return;
    }
    if (event.topic === 'audit') {
      this._put(event.audit.id, event.audit);
    } else if (event.topic === 'audit-removed') {
      this._put(event.id, null);
    } else {
      return;
    }
    this._stateChanged.emit();
  }

  private _take(audit: Audit): Audit {
    const known = this._audits.find(({ id }) => id === audit.id);
    // An answer can be overtaken by the event that tells the end.
    if (known === undefined || known.state === 'running') {
      this._put(audit.id, audit);
      this._stateChanged.emit();
    }
    return audit;
  }

  private _put(id: string, audit: Audit | null): void {
    this._news.forEach(news => news.set(id, audit));
    const at = this._audits.findIndex(known => known.id === id);
    const others = this._audits.filter(known => known.id !== id);
    if (audit !== null) {
      others.splice(at < 0 ? newerThan(others, audit) : at, 0, audit);
    }
    this._audits = others;
  }

  private _audits: readonly Audit[] = [];
  private _isLoaded = false;
  private _isDisposed = false;
  private _failure: Failure | null = null;
  /** What was told since each read of the list that is under way. */
  private readonly _news = new Set<Map<string, Audit | null>>();
  private readonly _stateChanged = new Signal<this, void>(this);
}

function newerThan(others: readonly Audit[], audit: Audit): number {
  return others.filter(other => other.startedAt > audit.startedAt).length;
}
