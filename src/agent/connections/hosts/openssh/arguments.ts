import type { SshHost } from '../../../../contract';
import { isOn, settingOf } from '../../ssh-config/settings';
import type { SshSettings } from '../../ssh-config/settings';
import type { IKeepalive } from '../open-options';

/** What every call of ssh for one connection has in common. */
export interface IOpenssh {
  readonly address: SshHost;
  /** Another configuration than the user's own; null for that one. */
  readonly config: string | null;
  /** What that configuration says of the host. */
  readonly settings: SshSettings;
  /** The socket of the master. */
  readonly control: string;
  readonly keepalive: IKeepalive;
}

const options = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

/** Seconds until a host that does not answer is given up, where the user's configuration says nothing. */
const CONNECT_SECONDS = '30';

/** What would take any host key. */
const OFF = ['no', 'off', 'false'];

/**
 * The master: the one login, which all sessions share. It is told of the user's configuration only
 * what must be so: that it is ours alone, opens no port here, asks no terminal, keeps itself alive
 * and says what goes wrong. No configuration can switch the check of host keys off.
 * Tickets are handed on wherever Kerberos may be used at all: without one there is no AFS, EOS or
 * batch system over there.
 */
export function masterArgv(ssh: IOpenssh, isAsking: boolean): string[] {
  const { address, config, settings, control, keepalive } = ssh;
  const isUnchecked = OFF.includes(settingOf(settings, 'stricthostkeychecking') ?? '');
  return [
    'ssh',
    ...(config === null ? [] : ['-F', config]),
    ...['-M', '-S', control, '-N', '-T'],
    ...options({
      BatchMode: isAsking ? 'no' : 'yes',
      ControlPersist: 'no',
      ClearAllForwardings: 'yes',
      RemoteCommand: 'none',
      LogLevel: 'INFO',
      ServerAliveInterval: String(Math.max(1, Math.round(keepalive.intervalMs / 1000))),
      ServerAliveCountMax: String(keepalive.countMax),
      StreamLocalBindUnlink: 'yes',
      StreamLocalBindMask: '0177',
      ...(isUnchecked ? { StrictHostKeyChecking: 'ask' } : {}),
      ...(settingOf(settings, 'connecttimeout') === null
        ? { ConnectTimeout: CONNECT_SECONDS }
        : {}),
      ...(isOn(settings, 'gssapiauthentication') ? { GSSAPIDelegateCredentials: 'yes' } : {})
    }),
    ...(address.user === null ? [] : ['-l', address.user]),
    ...(address.port === null ? [] : ['-p', String(address.port)]),
    ...(address.jump === null ? [] : ['-J', address.jump]),
    '--',
    address.destination
  ];
}

/**
 * What goes through the master. No configuration is read again; what of it concerns a session is
 * handed on. Where the master is gone or has no room, ssh would log in anew without a word: its way
 * to the network is a program that fails.
 */
function throughMaster(
  { address, settings, control }: IOpenssh,
  more: readonly string[]
): string[] {
  const several = (name: string, option: string) =>
    (settings.get(name) ?? []).flatMap(value => ['-o', `${option}=${value}`]);
  return [
    ...['ssh', '-F', '/dev/null', '-S', control, '-T'],
    ...options({ ControlMaster: 'no', ProxyCommand: 'false', BatchMode: 'yes' }),
    ...(isOn(settings, 'forwardagent') ? options({ ForwardAgent: 'yes' }) : []),
    ...several('sendenv', 'SendEnv'),
    ...several('setenv', 'SetEnv'),
    ...more,
    '--',
    address.destination
  ];
}

/** A session that runs a line of the login shell. */
export function sessionArgv(ssh: IOpenssh, line: string): string[] {
  // It speaks only of what goes wrong, since the program over there speaks on the same stderr.
  return [...throughMaster(ssh, options({ LogLevel: 'ERROR' })), line];
}

/** A stream to a port, as the host sees it; says on stderr when it is open. */
export function streamArgv(ssh: IOpenssh, host: string, port: number): string[] {
  const name = host.includes(':') ? `[${host}]` : host;
  return throughMaster(ssh, ['-v', '-W', `${name}:${port}`]);
}

/** Asks whether the master answers, or tells it to end. */
export function controlArgv({ address, control }: IOpenssh, order: 'check' | 'exit'): string[] {
  return ['ssh', '-F', '/dev/null', '-S', control, '-O', order, '--', address.destination];
}

/** Lets a socket here lead to one of the host. */
export function forwardArgv(ssh: IOpenssh, here: string, there: string): string[] {
  const { address, control } = ssh;
  const forward = ['-O', 'forward', '-L', `${here}:${there}`, '--', address.destination];
  return ['ssh', '-F', '/dev/null', '-S', control, ...forward];
}
