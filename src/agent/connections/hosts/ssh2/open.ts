import type { Duplex } from 'node:stream';
import type { SshHost } from '../../../../contract';
import { resolveSsh } from '../../ssh-config/resolve';
import type { ISshRoute } from '../../ssh-config/resolve';
import { configWorld } from '../../ssh-config/world';
import type { OpenChannel } from '../channel';
import type { IHost, StreamTarget } from '../host';
import { KEEPALIVE } from '../open-options';
import type { ISshWorld } from '../open-options';
import { RemoteHost } from '../remote-host';
import type { ISshLine } from '../remote-host';
import { Chain } from './chain';
import { forwardTo } from './forward';
import { SessionOpener } from './session';

/** Logs in by ssh2, in this process. Throws as OpenSshHost does. */
export async function openSsh2(
  address: SshHost,
  world: ISshWorld,
  signal: AbortSignal
): Promise<IHost> {
  return openRoute(await resolveSsh(address, configWorld(world.env), signal), world, signal);
}

/** How long a server may be silent during login; some think long about a code. */
const PATIENCE_MS = 30_000;

/** Logs in on a way that is known already. Throws as OpenSshHost does. */
export async function openRoute(
  route: ISshRoute,
  { env, ask, log, keepalive = KEEPALIVE }: ISshWorld,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS
): Promise<IHost> {
  const { uid } = configWorld(env);
  const chain = await Chain.open(route, { uid, ask, log, signal, keepalive, patienceMs });
  const host = new RemoteHost(new Ssh2Line(chain));
  await host.begin(signal, keepalive.intervalMs * (keepalive.countMax + 1));
  return host;
}

/** The lines of this process to a host, for what runs on it. */
class Ssh2Line implements ISshLine {
  constructor(private readonly _chain: Chain) {
    this.title = _chain.target.title;
    this.ended = _chain.ended;
    this.openChannel = new SessionOpener(_chain.target).open;
  }

  readonly client = 'ssh2';
  readonly title: string;
  readonly ended: Promise<string>;
  readonly openChannel: OpenChannel;

  connect(target: StreamTarget): Promise<Duplex> {
    return forwardTo(this._chain.target, target);
  }

  giveUp(reason: string): void {
    this._chain.end(reason);
  }

  async close(): Promise<void> {
    this._chain.end('closed');
    await this._chain.ended;
  }
}
