import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { dashboards, toFailure } from '../../../contract';
import type { AgentEvent, Call, Dashboard, DashboardWorker, Failure } from '../../../contract';

/** The dashboards as last heard from the agent; schedulers before their workers. */
export class DashboardsModel implements IDisposable {
  /** `heard` is what the agent tells; the model listens until it is disposed. */
  constructor(
    private readonly _call: Call,
    private readonly _heard: ISignal<unknown, AgentEvent>
  ) {
    this._heard.connect(this._onHeard, this);
  }

  get dashboards(): readonly Dashboard[] {
    return this._dashboards;
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

  /** The dashboard of an id, where it is known. */
  find(id: string): Dashboard | undefined {
    return this._dashboards.find(dashboard => dashboard.id === id);
  }

  /** Reads the list, and looks at what nobody has looked at; what fails is kept as `failure`. */
  async refresh(): Promise<void> {
    try {
      this._dashboards = (await this._call(dashboards.list, undefined)).dashboards;
      this._isLoaded = true;
      this._failure = null;
      this._dashboards.forEach(dashboard => this._look(dashboard));
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
  }

  /** Names a dashboard that runs where an open connection leads. */
  async add(connection: string, address: string): Promise<Dashboard> {
    const dashboard = await this._call(dashboards.add, { connection, address });
    this._put(dashboard.id, dashboard);
    return dashboard;
  }

  /** Forgets one that was added. */
  async remove(id: string): Promise<void> {
    await this._call(dashboards.remove, { id });
    this._put(id, null);
  }

  async workers(id: string): Promise<readonly DashboardWorker[]> {
    return (await this._call(dashboards.workers, { id })).workers;
  }

  /** Names the dashboard of a worker. */
  async worker(id: string, address: string): Promise<Dashboard> {
    const dashboard = await this._call(dashboards.worker, { id, address });
    this._put(dashboard.id, dashboard);
    return dashboard;
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
    } else if (event.topic === 'dashboard') {
      this._put(event.dashboard.id, event.dashboard);
      this._look(event.dashboard);
    } else if (event.topic === 'dashboard-removed') {
      this._put(event.id, null);
    }
  }

  /** What it can show is known once somebody has looked; what is found comes as an event, too. */
  private _look({ id, state, checkedAt }: Dashboard): void {
    if (state === 'unknown' && checkedAt === null && !this._looking.has(id)) {
      this._looking.add(id);
      this._call(dashboards.read, { id })
        .then(
          dashboard => this._put(id, dashboard),
          () => undefined // gone meanwhile: an event says so
        )
        .finally(() => this._looking.delete(id));
    }
  }

  private _put(id: string, dashboard: Dashboard | null): void {
    const at = this._dashboards.findIndex(other => other.id === id);
    const others = this._dashboards.filter(other => other.id !== id);
    if (dashboard !== null) {
      others.splice(at === -1 ? others.length : at, 0, dashboard);
    }
    this._dashboards = others;
    this._stateChanged.emit();
  }

  private _dashboards: readonly Dashboard[] = [];
  private _isLoaded = false;
  private _isDisposed = false;
  private _failure: Failure | null = null;
  private readonly _looking = new Set<string>();
  private readonly _stateChanged = new Signal<this, void>(this);
}
