import type { IDestination } from './jump';
import type { IConfigWorld } from './expand';
import { MARKER, readSshConfig } from './files';
import type { SshSettings } from './settings';

const KEYS = ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk'];

/** What holds where no file says otherwise, for settings whose absence is no answer. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  identityfile: KEYS.map(name => `~/.ssh/id_${name}`),
  userknownhostsfile: ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'],
  globalknownhostsfile: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
};

/**
 * The settings for a destination where no OpenSSH is there to ask: read by the package ssh-config.
 * `Match exec` never counts, since nothing is run for it.
 */
export async function computeSshSettings(
  { host, user, port }: IDestination,
  world: IConfigWorld
): Promise<SshSettings> {
  const options = { ignoreCase: true, matchExec: false };
  const whom = user === null ? { Host: host } : { Host: host, User: user };
  const config = await readSshConfig(
    world,
    section => MARKER.toLowerCase() in section.compute(whom, options)
  );
  const settings = new Map<string, readonly string[]>(Object.entries(DEFAULTS));
  for (const [name, value] of Object.entries(config.compute(whom, options))) {
    settings.set(name, typeof value === 'string' ? [value] : value);
  }
  const hostname = settings.get('hostname')?.[0]?.replace(/%h/g, host) ?? host;
  settings.set('hostname', [hostname.toLowerCase()]);
  if (port !== null) {
    settings.set('port', [String(port)]);
  }
  return settings;
}
