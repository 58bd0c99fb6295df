import { HepbatchError } from '../../../contract';
import type { SshHost } from '../../../contract';
import { chooseClient } from '../choose-client';
import type { IClientChoice } from '../choose-client';
import { needsOpenSsh } from '../needs-openssh';
import { resolveSsh } from '../ssh-config/resolve';
import { configWorld } from '../ssh-config/world';
import type { IHost } from './host';
import type { ISshWorld } from './open-options';
import { openRoute as openByOpenssh } from './openssh/open';
import { openRoute as openBySsh2 } from './ssh2/open';

/** A host reached by SSH, and why by this client. */
export interface IOpenedBySsh {
  readonly host: IHost;
  readonly clientWhy: string;
}

/**
 * Logs in by the client that the profile names or the way needs. Where ssh2 finds that it shares no
 * algorithm with the host, OpenSSH is tried, unless ssh2 was chosen. Throws as OpenSshHost does.
 */
export async function openSsh(
  address: SshHost,
  world: ISshWorld,
  signal: AbortSignal
): Promise<IOpenedBySsh> {
  const own = configWorld(world.env);
  const route = await resolveSsh(address, own, signal);
  const needs = await needsOpenSsh(route, world.env, own.uid, signal);
  const { hasOpenSsh } = route;
  const open = async ({ client, why }: IClientChoice): Promise<IOpenedBySsh> => ({
    host: await (client === 'ssh2'
      ? openBySsh2(route, world, signal)
      : openByOpenssh(address, route, world, signal)),
    clientWhy: why
  });
  const choice = chooseClient({ wanted: address.client, hasOpenSsh, needs });
  try {
    return await open(choice);
  } catch (cause) {
    const isBeyond = cause instanceof HepbatchError && cause.code === 'unsupported';
    if (!isBeyond || address.client !== 'auto' || choice.client !== 'ssh2' || !hasOpenSsh) {
      throw cause;
    }
    return open({ client: 'openssh', why: `ssh2 could not: ${cause.message}` });
  }
}
