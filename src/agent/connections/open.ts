import type { IFeature, IFeatureWorld } from '../feature';
import { Connections } from './connections';
import { Exec } from './exec';
import { openHosts, userEnvironment } from './hosts/open';
import { configFolders } from './profiles/config-folders';
import { Profiles } from './profiles/profiles';
import { Prompts } from './prompts';
import { routeConnections, routePrompts } from './routes';
import type { IConnections } from './service';
import { sshAliases } from './ssh-config/aliases';
import { configWorld } from './ssh-config/world';

/** The connections of an agent, with what is served beside them. */
export interface IOpenConnections {
  readonly connections: IConnections;
  readonly prompts: Prompts;
  readonly exec: Exec;
}

/** Opens the connections of this user; no line is open yet. */
export function openConnections(world: IFeatureWorld): IOpenConnections {
  const { home, folders, events, log } = world;
  const env = userEnvironment(world.env);
  const after = (ms: number, work: () => void) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  };
  const now = () => new Date();
  const prompts = new Prompts({ events, after, now });
  const connections = new Connections({
    profiles: new Profiles(configFolders(env, home), env),
    openHost: openHosts({ env, home, runtime: folders.runtime, log }),
    aliases: () => sshAliases(configWorld(env)),
    prompts,
    events,
    log,
    after,
    now,
    random: Math.random
  });
  return { connections, prompts, exec: new Exec(id => connections.host(id)) };
}

/** The connections as the agent sees them. */
export function connectionsFeature({ connections, prompts, exec }: IOpenConnections): IFeature {
  return {
    name: 'connections',
    route: app => {
      routeConnections(app, connections);
      routePrompts(app, prompts);
      exec.route(app);
    },
    get busy() {
      return connections.busy || exec.busy;
    },
    dispose: async () => {
      await exec.dispose();
      await connections.dispose();
    }
  };
}
