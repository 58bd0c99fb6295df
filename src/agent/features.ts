import { auditsFeature } from './audits/feature';
import { openAudits } from './audits/open';
import { clustersFeature, openClusters } from './clusters/open';
import { connectionsFeature, openConnections } from './connections/open';
import type { IFeature, IFeatureWorld } from './feature';

/** Opens all features of an agent; those that need another one are handed it. */
export async function openFeatures(world: IFeatureWorld): Promise<readonly IFeature[]> {
  const connections = openConnections(world);
  const audits = await openAudits(world);
  const dashboards = { register: () => undefined, unregister: () => undefined };
  const clusters = await openClusters(world, { connections: connections.connections, dashboards });
  return [connectionsFeature(connections), clustersFeature(clusters), auditsFeature(audits)];
}
