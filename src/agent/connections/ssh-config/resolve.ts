import { HepbatchError } from '../../../contract';
import type { SshHost } from '../../../contract';
import { run } from '../../run';
import { computeSshSettings } from './compute';
import type { IConfigWorld } from './expand';
import { hopOf } from './hop';
import type { ISshHop } from './hop';
import { parseJumps } from './jump';
import type { IDestination } from './jump';
import { parseSshSettings, settingOf } from './settings';
import type { SshSettings } from './settings';

/** The way to a host by SSH. */
export interface ISshRoute {
  /** In the order in which they are passed. */
  readonly jumps: readonly ISshHop[];
  readonly target: ISshHop;
  /** Whether OpenSSH is there, which then was asked for the configuration. */
  readonly hasOpenSsh: boolean;
}

/** More jump hosts than anybody passes: they lead in a circle. */
const MOST_HOPS = 10;

/** `Match exec` of the user's may ask a network. */
const PATIENCE_MS = 15_000;

/**
 * Finds the way to a host by the user's ssh configuration: `ssh -G` says what it means where OpenSSH
 * is there, else the package ssh-config. `HEPBATCH_SSH_CONFIG` names another file, as `ssh -F` does.
 * Throws `bad-request` with the words of ssh, `timed-out`, `cancelled`.
 */
export async function resolveSsh(
  { destination, user, port, jump }: Pick<SshHost, 'destination' | 'user' | 'port' | 'jump'>,
  world: IConfigWorld,
  signal: AbortSignal
): Promise<ISshRoute> {
  let hasOpenSsh = true;
  const jumps: ISshHop[] = [];
  const find = async (to: IDestination, over: string | null) => {
    const asked = hasOpenSsh ? await askSsh(to, over, world, signal) : null;
    hasOpenSsh = asked !== null;
    const settings = asked ?? (await computeSshSettings(to, world));
    return { hop: hopOf(to.host, settings, world), over: over ?? settingOf(settings, 'proxyjump') };
  };
  const pass = async (over: string | null): Promise<void> => {
    if (over === null || over.toLowerCase() === 'none') {
      return;
    }
    const [first, ...others] = parseJumps(over);
    // Only the first is reached as its own configuration says; the others through those before.
    for (const hop of others.reverse()) {
      jumps.unshift((await find(hop, 'none')).hop);
    }
    if (first !== undefined) {
      const found = await find(first, null);
      jumps.unshift(found.hop);
      if (jumps.length > MOST_HOPS) {
        const message = `${destination}: more than ${MOST_HOPS} jump hosts, by ${first.host} again`;
        throw new HepbatchError('bad-request', message, {
          next: 'Correct ProxyJump in your ssh configuration: it may lead in a circle.'
        });
      }
      await pass(found.over);
    }
  };
  const target = await find({ host: destination, user, port }, jump);
  await pass(target.over);
  return { jumps, target: target.hop, hasOpenSsh };
}

/** What `ssh -G` says; null where there is no ssh. */
async function askSsh(
  { host, user, port }: IDestination,
  jump: string | null,
  { env }: IConfigWorld,
  signal: AbortSignal
): Promise<SshSettings | null> {
  const config = env['HEPBATCH_SSH_CONFIG'] ?? '';
  const argv = [
    'ssh',
    '-G',
    ...(config === '' ? [] : ['-F', config]),
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(jump === null ? [] : ['-J', jump]),
    '--',
    host
  ];
  const said = await run(argv, {
    env,
    signal,
    timeoutMs: PATIENCE_MS,
    maxOutputBytes: 1_000_000
  });
  if (said.end === 'not-started') {
    return null;
  }
  if (said.end === 'exited' && said.code === 0) {
    return parseSshSettings(said.stdout);
  }
  const words = said.stderr.replace(/^Pseudo-terminal .*\n/gm, '').trim();
  const isGivenUp = said.end === 'cancelled' || said.end === 'timed-out';
  const code = isGivenUp ? said.end : 'bad-request';
  throw new HepbatchError(code, `ssh -G ${host}: ${words || said.end}`, {
    next: 'Correct the ssh configuration, or name another host.'
  });
}
