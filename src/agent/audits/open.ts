import type { IFeatureWorld } from '../feature';
import type { IConnections } from '../connections/service';
import { Audits } from './audits';
import type { IAudits } from './service';
import { AuditStore } from './store';
import { keyOf } from './there/there';
import { openThreads } from './threads';

/** Opens the audits of this user; those that an agent did not survive are begun again. */
export async function openAudits(
  world: IFeatureWorld,
  connections: Pick<IConnections, 'read' | 'host'>
): Promise<IAudits> {
  const { env, folders, events, log } = world;
  const store = new AuditStore(folders.state, log);
  return Audits.open({
    env,
    cacheFolder: folders.cache,
    store,
    events,
    log,
    openPool: openThreads,
    openHost: async id => {
      const { profile } = await connections.read(id);
      return profile.host.kind === 'local'
        ? null
        : { key: keyOf(profile.host), host: await connections.host(id) };
    }
  });
}
