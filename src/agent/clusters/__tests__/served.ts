import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clusters } from '../../../contract';
import type { Call, Cluster } from '../../../contract';
import { callOf } from '../../__tests__/served';
import { connectionsFeature, openConnections } from '../../connections/open';
import { startAgent } from '../../serve';
import type { IAgent } from '../../serve';
import { dashboardsFeature, openDashboards } from '../dashboards/open';
import { clustersFeature, openClusters } from '../open';

/** A user whose home is new, and whose agents come and go. */
export class User {
  private constructor(readonly home: string) {}

  static async new(): Promise<User> {
    return new User(await mkdtemp(join(tmpdir(), 'cl-')));
  }

  /** Starts an agent of this user with connections and clusters. */
  async serve(more: Record<string, string> = {}): Promise<{ agent: IAgent; call: Call }> {
    const { home } = this;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? '',
      ...more
    };
    const { ready, agent } = await startAgent({
      world: { env, uid: process.getuid?.() ?? null, tmpdir: home, home },
      version: '1.2.3',
      idleMinutes: 15,
      openFeatures: async world => {
        const connections = openConnections(world);
        const dashboards = openDashboards(world, connections.connections);
        const opened = await openClusters(world, {
          connections: connections.connections,
          dashboards,
          supervisor: resolve('hepbatch/supervisor')
        });
        return [
          clustersFeature(opened),
          dashboardsFeature(dashboards),
          connectionsFeature(connections)
        ];
      }
    });
    if (agent === null) {
      throw new Error('another agent runs in this new folder');
    }
    return { agent, call: callOf(ready.socket) };
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Asks for a cluster until it is as wanted; fails with what it was last. */
export async function until(
  call: Call,
  id: string,
  isAsWanted: (cluster: Cluster) => boolean,
  seconds = 60
): Promise<Cluster> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const cluster = await call(clusters.read, { id });
    if (isAsWanted(cluster)) {
      return cluster;
    }
    if (Date.now() > end) {
      throw new Error(`after ${seconds} s it is ${JSON.stringify(cluster, null, 1)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
