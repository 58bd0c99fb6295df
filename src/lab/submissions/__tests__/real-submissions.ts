/** The real connections and submissions in this process, for a user whose home is new. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openClusters, clustersFeature } from '../../../agent/clusters/open';
import { openDashboards } from '../../../agent/clusters/dashboards/open';
import { connectionsFeature } from '../../../agent/connections/open';
import { openSubmissions, submissionsFeature } from '../../../agent/submissions/open';
import { quiet, served } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { openRealConnections } from '../../connections/__tests__/real-connections';
import { ConnectionsModel } from '../../connections/model';
import { SubmissionsModel } from '../model';

/** An agent with connections and submissions, the models of both, and an analysis of one file on the disk. */
export async function openRealSubmissions() {
  const real = openRealConnections();
  const { home, events, heard } = real;
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const folders = { runtime: home, state: home, cache: home };
  const world = { env, home, folders, events, log: quiet };
  const submissions = await openSubmissions(world, {
    connections: real.connections,
    localJobs: resolve('hepbatch/local_jobs.py')
  });
  // Which Pythons there are is asked of the clusters.
  const clusters = await openClusters(world, {
    connections: real.connections,
    dashboards: openDashboards({ events }, real.connections),
    supervisor: resolve('hepbatch/supervisor')
  });
  const agent = served(events, [
    connectionsFeature(real),
    clustersFeature(clusters),
    submissionsFeature(submissions)
  ]);
  const call = serverCall(agent.settings);
  const hosts = new ConnectionsModel(call, heard);
  const model = new SubmissionsModel(call, heard);
  await hosts.refresh();
  await model.refresh();
  mkdirSync(join(home, 'an'));
  const at = (name: string) => join(home, 'an', name);
  writeFileSync(at('a.root'), 'x');
  writeFileSync(at('samples.json'), JSON.stringify({ GJet: [at('a.root')] }));
  writeFileSync(at('runner.json'), JSON.stringify({ samplejson: 'samples.json' }));
  return {
    ...{ call, hosts, model, heard, at },
    asked: agent.asked,
    dispose: async () => {
      model.dispose();
      hosts.dispose();
      await submissions.dispose();
      await clusters.dispose();
      await real.connections.dispose();
    }
  };
}
