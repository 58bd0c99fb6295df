import type { Cluster, ClusterPreview } from '../../contract';
import { Actions } from './actions';
import { Added } from './added/added';
import { Clients } from './clients';
import { Details } from './details';
import { Environments } from './interpreters/environments';
import { Known } from './known';
import { Logs } from './logs';
import type {
  ClusterBody,
  ClusterReply,
  EnvironmentBody,
  EnvironmentReply,
  IClusters
} from './service';
import { Starter } from './starter';
import type { IClustersWorld } from './world';

/** The clusters of this user; see `IClusters`. Each group of verbs is a part of its own. */
export class Clusters implements IClusters {
  private constructor(
    private readonly _known: Known,
    private readonly _added: Added,
    world: IClustersWorld,
    stateFolder: string
  ) {
    this._starter = new Starter(world, _known);
    this._actions = new Actions(world, _known);
    this._details = new Details(_known);
    this._logs = new Logs(_known);
    this._clients = new Clients(_known, _added, stateFolder, world.log);
    this._environments = new Environments(world);
  }

  /** Takes up the clusters that earlier agents began. */
  static async open(world: IClustersWorld, stateFolder: string): Promise<Clusters> {
    const added = new Added(world);
    const known = new Known(world, added);
    await known.load();
    const clusters = new Clusters(known, added, world, stateFolder);
    known.onEnded = id => clusters._clients.close(id);
    return clusters;
  }

  get busy(): boolean {
    return this._starter.busy || this._clients.busy;
  }

  async list(): Promise<Cluster[]> {
    await this._known.search();
    return [...this._cards(), ...this._added.cards]
      .map(card => structuredClone(card))
      .sort((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''));
  }

  preview(request: ClusterBody<'preview'>): Promise<ClusterPreview> {
    return this._starter.preview(request);
  }

  start(request: ClusterBody<'start'>): Promise<Cluster> {
    return this._starter.start(request);
  }

  async read(id: string): Promise<Cluster> {
    if (this._added.has(id)) {
      return this._added.read(id);
    }
    const tended = this._known.need(id);
    await tended.watch.look();
    return structuredClone(tended.card);
  }

  workers(body: ClusterBody<'workers'>): Promise<ClusterReply<'workers'>> {
    return this._details.workers(body);
  }

  jobs(body: ClusterBody<'jobs'>): Promise<ClusterReply<'jobs'>> {
    return this._details.jobs(body);
  }

  losses(id: string): Promise<ClusterReply<'losses'>> {
    return this._details.losses(id);
  }

  async workerDashboard(
    body: ClusterBody<'workerDashboard'>
  ): Promise<ClusterReply<'workerDashboard'>> {
    return Promise.resolve().then(() => ({
      dashboard: this._known.dashboardOf(body.id, body.address)
    }));
  }

  async explain(body: ClusterBody<'explain'>): Promise<ClusterReply<'explain'>> {
    return this._details.explain(body);
  }

  scale(body: ClusterBody<'scale'>): Promise<Cluster> {
    return this._actions.scale(body);
  }

  adapt(body: ClusterBody<'adapt'>): Promise<Cluster> {
    return this._actions.adapt(body);
  }

  stop(id: string): Promise<Cluster> {
    return this._actions.stop(id);
  }

  clean(id: string): Promise<Cluster> {
    return this._actions.clean(id);
  }

  add(body: ClusterBody<'add'>): Promise<Cluster> {
    return this._added.add(body, () => this._cards());
  }

  async remove(id: string): Promise<void> {
    if (this._added.has(id)) {
      this._added.remove(id);
    } else {
      await this._actions.remove(id);
    }
  }

  logs(id: string): Promise<ClusterReply<'logs'>> {
    return this._logs.list(id);
  }

  readLog(body: ClusterBody<'readLog'>): Promise<ClusterReply<'readLog'>> {
    return this._logs.read(body);
  }

  searchLogs(body: ClusterBody<'searchLogs'>): Promise<ClusterReply<'searchLogs'>> {
    return this._logs.search(body);
  }

  client(id: string): Promise<ClusterReply<'client'>> {
    return this._clients.info(id);
  }

  clientCode(body: ClusterBody<'clientCode'>): Promise<ClusterReply<'clientCode'>> {
    return this._clients.code(body);
  }

  record(body: ClusterBody<'record'>): Promise<Cluster> {
    return this._actions.record(body);
  }

  report(id: string): Promise<ClusterReply<'report'>> {
    return this._actions.report(id);
  }

  readReport(body: ClusterBody<'readReport'>): Promise<ClusterReply<'readReport'>> {
    return this._actions.readReport(body);
  }

  loopback(body: ClusterBody<'loopback'>): Promise<Cluster> {
    return this._clients.loopback(body);
  }

  environments(body: EnvironmentBody<'list'>): Promise<EnvironmentReply<'list'>> {
    return this._environments.list(body);
  }

  checkEnvironment(body: EnvironmentBody<'check'>): Promise<EnvironmentReply<'check'>> {
    return this._environments.check(body);
  }

  async dispose(): Promise<void> {
    this._added.dispose();
    await Promise.all([this._starter.dispose(), this._clients.dispose()]);
    await this._known.dispose();
  }

  private _cards(): Cluster[] {
    return this._known.all.map(({ card }) => card);
  }

  private readonly _starter: Starter;
  private readonly _actions: Actions;
  private readonly _details: Details;
  private readonly _logs: Logs;
  private readonly _clients: Clients;
  private readonly _environments: Environments;
}
