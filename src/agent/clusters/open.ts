import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { userEnvironment } from '../connections/hosts/open';
import type { IConnections } from '../connections/service';
import type { IFeature, IFeatureWorld } from '../feature';
import { Clusters } from './clusters';
import { HostPlaces } from './host-places';
import { routeClusters } from './routes';
import type { IClusters } from './service';
import { ClusterStore } from './store';
import { supervisorProgram } from './supervisor/program';
import type { IDashboardRegistry } from './world';

/** Where the package has the sources of the supervisor, seen from the bundle that Node runs. */
const SUPERVISOR = join(__dirname, '..', 'supervisor');

/** What clusters need beside the world of each feature. */
export interface IClustersNeighbours {
  readonly connections: Pick<IConnections, 'host' | 'read' | 'list'>;
  readonly dashboards: IDashboardRegistry;
  /** Folder of the supervisor's sources; HEPBATCH_SUPERVISOR names it for a bundle that lies elsewhere. */
  readonly supervisor?: string;
}

/** Opens the clusters of this user, and looks after those that earlier agents began. */
export async function openClusters(
  { env, home, folders, events, log }: IFeatureWorld,
  {
    connections,
    dashboards,
    supervisor = env['HEPBATCH_SUPERVISOR'] ?? SUPERVISOR
  }: IClustersNeighbours
): Promise<IClusters> {
  const user = userEnvironment(env);
  return Clusters.open(
    {
      env: user,
      home,
      connections,
      dashboards,
      store: new ClusterStore(folders.state, log),
      places: new HostPlaces({
        stateFolder: folders.state,
        program: supervisorProgram(user, supervisor)
      }),
      events,
      log,
      now: () => new Date(),
      newId: () => `c-${randomBytes(5).toString('hex')}`,
      hostName: hostname()
    },
    folders.state
  );
}

/** The clusters as the agent sees them. */
export function clustersFeature(clusters: IClusters): IFeature {
  return {
    name: 'clusters',
    route: app => routeClusters(app, clusters),
    get busy() {
      return clusters.busy;
    },
    dispose: () => clusters.dispose()
  };
}
