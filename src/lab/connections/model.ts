import { connections } from '../../contract';
import type { AgentEvent, Connection, ConnectionProfile, ProfileProblem } from '../../contract';
import { ListModel } from '../list-model';
import type { Told } from '../list-model';

/** The connections as last heard from the agent, in its order. */
export class ConnectionsModel extends ListModel<Connection> {
  get connections(): readonly Connection[] {
    return this._listed;
  }

  /** What is wrong with files of profiles. */
  get problems(): readonly ProfileProblem[] {
    return this._problems;
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
      this._tell();
    }
    return saved;
  }

  /** Deletes a profile of the user. What it stood in front of, built in or of the site, comes back. */
  async remove(id: string): Promise<void> {
    await this._forget(id, () => this._call(connections.remove, { id }));
  }

  /** The aliases of the user's ssh configuration. */
  async aliases(): Promise<readonly string[]> {
    return (await this._call(connections.aliases, undefined)).aliases;
  }

  protected override _idOf({ profile }: Connection): string {
    return profile.id;
  }

  protected override async _read(): Promise<readonly Connection[]> {
    const told = this._problemsTold;
    const listed = await this._call(connections.list, undefined);
    if (told === this._problemsTold) {
      this._problems = listed.problems; // else what was told meanwhile is newer
    }
    return listed.connections;
  }

  protected override _told(event: AgentEvent): Told<Connection> {
    switch (event.topic) {
      case 'connection':
        return { id: event.connection.profile.id, one: event.connection };
      case 'connection-removed':
        return { id: event.id, one: null };
      case 'connection-problems':
        this._problems = event.problems;
        this._problemsTold += 1;
        this._tell();
        return null;
      default:
        return null;
    }
  }

  protected override _place(_: Connection, others: readonly Connection[]): number {
    return others.length;
  }

  private _problems: readonly ProfileProblem[] = [];
  private _problemsTold = 0;
}
