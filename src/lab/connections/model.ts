import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { connections, toFailure } from '../../contract';
import type {
  AgentEvent,
  Call,
  Connection,
  ConnectionProfile,
  Failure,
  ProfileProblem
} from '../../contract';

/** What was told since a question was asked. */
interface INews {
  /** Null: it was removed. */
  readonly connections: Map<string, Connection | null>;
  problems: readonly ProfileProblem[] | null;
}

/** The connections as last heard from the agent, in its order. */
export class ConnectionsModel implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  get connections(): readonly Connection[] {
    return this._connections;
  }

  /** What is wrong with files of profiles. */
  get problems(): readonly ProfileProblem[] {
    return this._problems;
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

  /** The connection of an id, where it is known. */
  find(id: string): Connection | undefined {
    return this._connections.find(({ profile }) => profile.id === id);
  }

  /** Reads the list; what fails is kept as `failure`. */
  async refresh(): Promise<void> {
    try {
      await this._asking(async news => {
        const listed = await this._call(connections.list, undefined);
        this._connections = listed.connections;
        this._problems = news.problems ?? listed.problems;
        this._isLoaded = true;
        this._failure = null;
        // What was told while the answer was on its way is newer than the answer.
        for (const [id, connection] of news.connections) {
          this._put(id, connection);
        }
      });
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
  }

  /** Begins to open it, or to try again at once where it is lost. */
  async open(id: string): Promise<Connection> {
    return this._ask(() => this._call(connections.open, { id }));
  }

  async close(id: string): Promise<Connection> {
    return this._ask(() => this._call(connections.close, { id }));
  }

  /** Looks again at what its details say. */
  async probe(id: string): Promise<Connection> {
    return this._ask(() => this._call(connections.probe, { id }));
  }

  /** Gets a Kerberos ticket there; its password is asked by a prompt. */
  async ticket(id: string, principal: string | null): Promise<Connection> {
    return this._ask(() => this._call(connections.ticket, { id, principal }));
  }

  /** Gets a VOMS proxy there; its pass phrase is asked by a prompt. */
  async proxy(id: string, voms: string, hours: number): Promise<Connection> {
    return this._ask(() => this._call(connections.proxy, { id, voms, hours }));
  }

  /** Keeps a profile of the user; `replaces` is the id of the one that was edited. */
  async save(profile: ConnectionProfile, replaces: string | null): Promise<Connection> {
    const saved = await this._ask(() => this._call(connections.save, { profile, replaces }));
    if (replaces !== null && replaces !== profile.id && this.find(replaces)?.origin === 'user') {
      this._put(replaces, null);
      this._stateChanged.emit();
    }
    return saved;
  }

  /** Deletes a profile of the user. What it stood in front of, built in or of the site, comes back. */
  async remove(id: string): Promise<void> {
    await this._asking(async news => {
      await this._call(connections.remove, { id });
      if (!news.connections.has(id)) {
        this._put(id, null);
        this._stateChanged.emit();
      }
    });
  }

  /** The aliases of the user's ssh configuration. */
  async aliases(): Promise<readonly string[]> {
    return (await this._call(connections.aliases, undefined)).aliases;
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
    if (event.topic === 'connection') {
      this._put(event.connection.profile.id, event.connection);
    } else if (event.topic === 'connection-removed') {
      this._put(event.id, null);
    } else if (event.topic === 'connection-problems') {
      const { problems } = event;
      this._problems = problems;
      this._news.forEach(news => (news.problems = problems));
    } else {
      return;
    }
    this._stateChanged.emit();
  }

  /** Asks for one connection; what was told of it meanwhile is at least as new as the answer. */
  private async _ask(ask: () => Promise<Connection>): Promise<Connection> {
    return this._asking(async news => {
      const answer = await ask();
      const { id } = answer.profile;
      if (!news.connections.has(id)) {
        this._put(id, answer);
        this._stateChanged.emit();
      }
      return this.find(id) ?? answer;
    });
  }

  private async _asking<T>(ask: (news: INews) => Promise<T>): Promise<T> {
    const news: INews = { connections: new Map(), problems: null };
    this._news.add(news);
    try {
      return await ask(news);
    } finally {
      this._news.delete(news);
    }
  }

  private _put(id: string, connection: Connection | null): void {
    this._news.forEach(news => news.connections.set(id, connection));
    const at = this._connections.findIndex(({ profile }) => profile.id === id);
    const others = this._connections.filter(({ profile }) => profile.id !== id);
    if (connection !== null) {
      others.splice(at < 0 ? others.length : at, 0, connection);
    }
    this._connections = others;
  }

  private _connections: readonly Connection[] = [];
  private _problems: readonly ProfileProblem[] = [];
  private _isLoaded = false;
  private _isDisposed = false;
  private _failure: Failure | null = null;
  private readonly _news = new Set<INews>();
  private readonly _stateChanged = new Signal<this, void>(this);
}
