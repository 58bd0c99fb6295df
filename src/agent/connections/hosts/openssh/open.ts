import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../../../contract';
import type { SshHost } from '../../../../contract';
import { resolveSsh } from '../../ssh-config/resolve';
import type { ISshRoute } from '../../ssh-config/resolve';
import { configWorld } from '../../ssh-config/world';
import type { IHost } from '../host';
import { KEEPALIVE } from '../open-options';
import type { ISshWorld } from '../open-options';
import { RemoteHost } from '../remote-host';
import type { IOpenssh } from './arguments';
import { OpensshLine } from './line';
import { makeLineFolder } from './line-folder';
import { login } from './login';

/** Logs in by the ssh of this machine. Throws as OpenSshHost does. */
export async function openOpenssh(
  address: SshHost,
  world: ISshWorld,
  signal: AbortSignal
): Promise<IHost> {
  const route = await resolveSsh(address, configWorld(world.env), signal);
  return openRoute(address, route, world, signal);
}

/** Logs in on a way that is known already. Throws as OpenSshHost does. */
export async function openRoute(
  address: SshHost,
  { target, hasOpenSsh }: ISshRoute,
  { env, runtime, ask, keepalive = KEEPALIVE }: ISshWorld,
  signal: AbortSignal
): Promise<IHost> {
  const title = `${target.user}@${target.hostname}`;
  if (!hasOpenSsh) {
    throw new HepbatchError('unsupported', `${title}: there is no program ssh on this machine`, {
      next: 'Install OpenSSH (openssh-client), or choose ssh2 as the SSH client.'
    });
  }
  const folder = await makeLineFolder(runtime);
  const config = env['HEPBATCH_SSH_CONFIG'] ?? '';
  const ssh: IOpenssh = {
    address,
    config: config === '' ? null : config,
    settings: target.settings,
    control: join(folder, 'm'),
    keepalive
  };
  const knownHosts = target.hostKeys.userFiles[0] ?? '~/.ssh/known_hosts';
  try {
    const master = await login({ ssh, folder, env, title, knownHosts, ask }, signal);
    const host = new RemoteHost(new OpensshLine(title, { ssh, env, folder, master }));
    await host.begin(signal, keepalive.intervalMs * (keepalive.countMax + 1));
    return host;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}
