import { dashboards } from '../../../contract';
import type { AgentEvent, Dashboard, DashboardWorker } from '../../../contract';
import { ListModel } from '../../list-model';
import type { Told } from '../../list-model';

/** The dashboards as last heard from the agent; schedulers before their workers. */
export class DashboardsModel extends ListModel<Dashboard> {
  get dashboards(): readonly Dashboard[] {
    return this._listed;
  }

  /** Names a dashboard that runs where an open connection leads. */
  async add(connection: string, address: string): Promise<Dashboard> {
    return this._ask(() => this._call(dashboards.add, { connection, address }));
  }

  /** Forgets one that was added. */
  async remove(id: string): Promise<void> {
    await this._forget(id, () => this._call(dashboards.remove, { id }));
  }

  async workers(id: string): Promise<readonly DashboardWorker[]> {
    return (await this._call(dashboards.workers, { id })).workers;
  }

  /** Names the dashboard of a worker. */
  async worker(id: string, address: string): Promise<Dashboard> {
    return this._ask(() => this._call(dashboards.worker, { id, address }));
  }

  /** A path of the Jupyter server that shows a dashboard to one frame. */
  async open(id: string): Promise<string> {
    return (await this._call(dashboards.open, { id })).path;
  }

  /** That path leads nowhere from now on. */
  async close(path: string): Promise<void> {
    await this._call(dashboards.close, { path });
  }

  /** Whether that path is good; a path that nobody uses or keeps ends after an hour. */
  async keep(path: string): Promise<boolean> {
    return (await this._call(dashboards.keep, { path })).kept;
  }

  protected override _idOf({ id }: Dashboard): string {
    return id;
  }

  protected override async _read(): Promise<readonly Dashboard[]> {
    const listed = (await this._call(dashboards.list, undefined)).dashboards;
    listed.forEach(dashboard => this._look(dashboard));
    return listed;
  }

  protected override _told(event: AgentEvent): Told<Dashboard> {
    switch (event.topic) {
      case 'dashboard':
        this._look(event.dashboard);
        return { id: event.dashboard.id, one: event.dashboard };
      case 'dashboard-removed':
        return { id: event.id, one: null };
      default:
        return null;
    }
  }

  protected override _place(_: Dashboard, others: readonly Dashboard[]): number {
    return others.length;
  }

  /** What it can show is known once somebody has looked; what is found comes as an event, too. */
  private _look({ id, state, checkedAt }: Dashboard): void {
    if (state === 'unknown' && checkedAt === null && !this._looking.has(id)) {
      this._looking.add(id);
      this._ask(() => this._call(dashboards.read, { id }))
        .catch(() => undefined) // gone meanwhile: an event says so
        .finally(() => this._looking.delete(id));
    }
  }

  private readonly _looking = new Set<string>();
}
