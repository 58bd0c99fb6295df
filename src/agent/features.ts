import { auditsFeature } from './audits/feature';
import { openAudits } from './audits/open';
import { dashboardsFeature, openDashboards } from './clusters/dashboards/open';
import { clustersFeature, openClusters } from './clusters/open';
import { connectionsFeature, openConnections } from './connections/open';
import type { IFeature, IFeatureWorld } from './feature';
import { openSubmissions, submissionsFeature } from './submissions/open';

/** Opens all features of an agent; those that need another one are handed it. */
export async function openFeatures(world: IFeatureWorld): Promise<readonly IFeature[]> {
  const connections = openConnections(world);
  const hosts = connections.connections;
  const audits = await openAudits(world, hosts);
  const dashboards = openDashboards(world, hosts);
  const clusters = await openClusters(world, { connections: hosts, dashboards });
  const submissions = await openSubmissions(world, { connections: hosts });
  // In the order in which they end: what uses a host before the host.
  return [
    submissionsFeature(submissions),
    clustersFeature(clusters),
    dashboardsFeature(dashboards),
    connectionsFeature(connections),
    auditsFeature(audits)
  ];
}
