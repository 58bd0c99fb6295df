/** The real connections and clusters in this process, for a user whose home is new. */
import { resolve } from 'node:path';
import { openDashboards } from '../../../agent/clusters/dashboards/open';
import { clustersFeature, openClusters } from '../../../agent/clusters/open';
import { connectionsFeature } from '../../../agent/connections/open';
import { Cluster, LossSummary } from '../../../contract';
import { quiet, served, withNews } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { openRealConnections } from '../../connections/__tests__/real-connections';
import { ConnectionsModel } from '../../connections/model';
import { ClustersModel } from '../model';

/** An agent with connections and clusters, and the models of both. */
export async function openRealClusters() {
  const real = openRealConnections();
  const { home, events, heard } = real;
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? ''
  };
  const folders = { runtime: home, state: home, cache: home };
  const clusters = await openClusters(
    { env, home, folders, events, log: quiet },
    {
      connections: real.connections,
      dashboards: openDashboards({ events }, real.connections),
      supervisor: resolve('hepbatch/supervisor')
    }
  );
  const agent = served(events, [connectionsFeature(real), clustersFeature(clusters)]);
  const { call, during } = withNews(serverCall(agent.settings));
  const hosts = new ConnectionsModel(call, heard);
  const model = new ClustersModel(call, heard);
  await hosts.refresh();
  await model.refresh();
  return {
    events,
    call,
    hosts,
    model,
    home,
    asked: agent.asked,
    config: real.config,
    during,
    /** As the agent tells of a cluster. */
    tell: (cluster: Cluster) => events.publish({ topic: 'cluster', cluster }),
    dispose: async () => {
      model.dispose();
      hosts.dispose();
      await clusters.dispose();
      await real.connections.dispose();
    }
  };
}

/** A cluster that runs with two workers; what is given stands over it. */
export function cluster(id: string, over: object = {}): Cluster {
  return Cluster.parse({
    id,
    name: `the ${id}`,
    connection: 'dask-local',
    backend: 'dask-local',
    origin: 'ours',
    state: 'running',
    can: ['scale', 'adapt', 'stop', 'logs', 'client', 'dashboard', 'report'],
    mode: { kind: 'fixed', workers: 2 },
    scheduler: {
      address: 'tls://127.0.0.1:8786',
      tls: true,
      host: 'here',
      dashboard: id,
      loopback: null
    },
    workers: {
      wanted: 2,
      joined: 2,
      cores: 2,
      memoryLimitBytes: 8e9,
      memoryBytes: 1e9,
      clients: 0,
      tasks: {}
    },
    jobs: [],
    jobsFailure: null,
    summary: '2 workers',
    why: [],
    warnings: [],
    losses: { count: 0, newest: null },
    options: {},
    interpreter: null,
    host: 'here',
    folder: '/nowhere',
    failure: null,
    startedAt: '2026-11-25T12:00:00.000Z',
    endedAt: null,
    stopsAt: null,
    recordingSince: null,
    heardAt: '2026-11-25T12:00:00.000Z',
    ...over
  });
}

/** A worker that ran out of memory with a task, which Dask gave up. */
export function loss(over: object = {}): LossSummary {
  return LossSummary.parse({
    id: 'l-1',
    at: '2026-11-25T12:00:00.000Z',
    worker: 'w-3',
    job: '77.0',
    cause: 'memory',
    task: "('process', 4)",
    deaths: 4,
    killed: true,
    limitBytes: 2e9,
    peakBytes: 1.9e9,
    evidence: 'HTCondor held job 77.0 with code 34',
    advice: [
      { kind: 'run-iteratively', code: 'one_file = 1' },
      { kind: 'raise-memory', memory: '4GB' }
    ],
    isComplete: true,
    ...over
  });
}
