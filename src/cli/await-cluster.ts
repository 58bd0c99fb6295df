import { HepbatchError, clusters } from '../contract';
import type { Cluster } from '../contract';
import type { IAgentClient } from './agent-client';

/**
 * Waits until a cluster is as wanted, and tells of each change before. Throws `cancelled` by the signal,
 * which does nothing to the cluster.
 */
export async function awaitCluster(
  client: IAgentClient,
  id: string,
  isAsWanted: (cluster: Cluster) => boolean,
  tell: (cluster: Cluster) => void,
  signal: AbortSignal
): Promise<Cluster> {
  let resolve: (cluster: Cluster) => void = () => undefined;
  let reject: (error: HepbatchError) => void = () => undefined;
  const waiting = new Promise<Cluster>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  waiting.catch(() => undefined); // it may fail before anybody waits
  const take = (cluster: Cluster) => {
    tell(cluster);
    if (isAsWanted(cluster)) {
      resolve(cluster);
    }
  };
  const listening = await client.listen(
    event => {
      if (event.topic === 'cluster' && event.cluster.id === id) {
        take(event.cluster);
      }
    },
    () => reject(new HepbatchError('unreachable', 'the agent ended', { next: 'Look again.' }))
  );
  const stop = () =>
    reject(
      new HepbatchError('cancelled', 'nobody waits any more', {
        next: 'The cluster goes on: see hepbatch clusters.'
      })
    );
  signal.addEventListener('abort', stop, { once: true });
  try {
    take(await client.call(clusters.read, { id }));
    return await waiting;
  } finally {
    signal.removeEventListener('abort', stop);
    listening.stop();
  }
}
