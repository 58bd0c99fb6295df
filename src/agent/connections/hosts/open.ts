import type { HostAddress } from '../../../contract';
import type { ILog } from '../../log';
import type { Environment } from '../../run';
import type { Ask } from '../asker';
import type { IHost } from './host';
import { LocalHost } from './local';

/** A host that can be used, and why it is reached the way it is. */
export interface IOpenedHost {
  readonly host: IHost;
  /** Empty for this machine. */
  readonly clientWhy: string;
}

/** Opens a host; throws as the host of its kind does. */
export type OpenHost = (
  address: HostAddress,
  ask: Ask,
  signal: AbortSignal
) => Promise<IOpenedHost>;

/** What hosts need of their surroundings. */
export interface IHostsWorld {
  readonly env: Environment;
  readonly home: string;
  /** A folder of mode 0700 with a short path, for sockets. */
  readonly runtime: string;
  readonly log: ILog;
}

/** How hosts of every kind are opened here. */
export function openHosts(world: IHostsWorld): OpenHost {
  return async (address, ask, signal) => {
    if (address.kind === 'local') {
      return { host: new LocalHost(world), clientWhy: '' };
    }
    const { env, runtime, log } = world;
    // Not before somebody needs it: the agent starts without the libraries of SSH.
    const { openSsh } = await import('./ssh');
    return openSsh(address, { env, runtime, log, ask }, signal);
  };
}

/**
 * The environment of a user's own programs on this machine. On SWAN the Jupyter server has a Kerberos
 * cache of its own; the one of terminals and kernels, where `kinit` writes, has its name here.
 */
export function userEnvironment(env: Environment): Environment {
  const cache = env['KRB5CCNAME_NB_TERM'];
  return cache === undefined || cache === '' ? env : { ...env, KRB5CCNAME: cache };
}
