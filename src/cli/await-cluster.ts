import { clusters } from '../contract';
import type { Cluster } from '../contract';
import type { IAgentClient } from './agent-client';
import { awaitOne } from './await-one';

/**
 * Waits until a cluster is as wanted, and tells of each change before. Throws `cancelled` by the signal,
 * which does nothing to the cluster.
 */
export function awaitCluster(
  client: IAgentClient,
  id: string,
  isAsWanted: (cluster: Cluster) => boolean,
  tell: (cluster: Cluster) => void,
  signal: AbortSignal
): Promise<Cluster> {
  const of = {
    read: () => client.call(clusters.read, { id }),
    of: event => (event.topic === 'cluster' && event.cluster.id === id ? event.cluster : null),
    ...{ isAsWanted, tell },
    next: 'The cluster goes on: see hepbatch clusters.'
  } satisfies Parameters<typeof awaitOne<Cluster>>[1];
  return awaitOne<Cluster>(client, of, signal);
}
