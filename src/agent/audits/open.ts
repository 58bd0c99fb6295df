import type { IFeatureWorld } from '../feature';
import { Audits } from './audits';
import type { IAudits } from './service';
import { AuditStore } from './store';
import { openThreads } from './threads';

/** Opens the audits of this user; those that an agent did not survive are begun again. */
export async function openAudits(world: IFeatureWorld): Promise<IAudits> {
  const { env, folders, events, log } = world;
  const store = new AuditStore(folders.state, log);
  return Audits.open({
    env,
    cacheFolder: folders.cache,
    store,
    events,
    log,
    openPool: openThreads
  });
}
