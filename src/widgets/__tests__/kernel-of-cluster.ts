/** The kernel of a cell with a cluster, in front of the real agent, supervisor and Dask. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { daskPython } from '../../agent/__tests__/jobs-python';
import { openDashboards } from '../../agent/clusters/dashboards/open';
import { clustersFeature, openClusters } from '../../agent/clusters/open';
import { connectionsFeature, openConnections } from '../../agent/connections/open';
import { EventHub } from '../../agent/events';
import { Cluster } from '../../contract';
import type { AgentEvent, ClusterOptions } from '../../contract';
import { quiet, served } from '../../lab/__tests__/real-agent';
import type { IPassedOnTo } from './kernel';

/** A kernel whose `hepbatch.Cluster(...)` has these options; `tell` hears its events. */
export async function kernelOfCluster(options: ClusterOptions) {
  const home = mkdtempSync(join(tmpdir(), 'wi-cl-'));
  const events = new EventHub();
  const world = {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? ''
    },
    home,
    folders: { runtime: home, state: home, cache: home },
    events,
    log: quiet
  };
  const opened = openConnections(world);
  const clusters = await openClusters(world, {
    connections: opened.connections,
    dashboards: openDashboards(world, opened.connections),
    supervisor: resolve('hepbatch/supervisor')
  });
  const { app } = served(events, [connectionsFeature(opened), clustersFeature(clusters)]);
  const request = {
    connection: 'dask-local',
    name: 'mine',
    interpreter: { kind: 'python', path: daskPython() },
    options
  };
  let id: string | null = null;
  const answer = (body: unknown) => new Response(JSON.stringify(body));
  const kernel: IPassedOnTo = {
    request: async (path, init) => {
      if (path === '/clusters/of-cell') {
        const cluster = id === null ? null : await clusters.read(id);
        return answer({ cluster, request: cluster === null ? request : null });
      }
      const response = await app.request(path, init);
      if (path === '/clusters/start' && response.ok) {
        ({ id } = Cluster.parse(await response.clone().json()));
      }
      return response;
    }
  };
  let tell: (event: AgentEvent) => void = () => undefined;
  const line = events.subscribe(
    null,
    event => {
      tell(event);
      return true;
    },
    () => undefined
  );
  return {
    kernel,
    clusters,
    tellTo: (take: (event: AgentEvent) => void) => (tell = take),
    end: async () => {
      line.dispose();
      await clusters.dispose();
      opened.prompts.dispose();
      await opened.connections.dispose();
      rmSync(home, { recursive: true, force: true });
    }
  };
}
