import { nameOf } from '../known-hosts/names';
import { expandPath } from './expand';
import type { ISshPlace, IConfigWorld } from './expand';
import { isOn, settingOf } from './settings';
import type { SshSettings } from './settings';

/** How the key of a host is looked up, and what is done with one that nobody knows. */
export interface IHostKeyRules {
  readonly name: string;
  /** The name without the port, whose line can vouch for a key too. */
  readonly portless: string | null;
  /** The first one takes new keys. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  readonly isHashed: boolean;
  readonly unknown: 'ask' | 'refuse' | 'accept';
}

/** One SSH server on the way, with all that its configuration says of the way in. */
export interface ISshHop {
  /** As it was named: an alias, or a host. */
  readonly destination: string;
  /** Such as hepuser@lxplus.cern.ch. */
  readonly title: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** 0: whichever the name has. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | null;
  readonly connectTimeoutMs: number | null;
  readonly hostKeys: IHostKeyRules;
  /** Methods of authentication that are allowed, the preferred ones first. */
  readonly methods: readonly string[];
  /** How often a password or a code is asked before it is given up. */
  readonly passwordPrompts: number;
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket of the key agent. */
  readonly agent: string | null;
  /** All that was found, for what only the choice of the client asks. */
  readonly settings: SshSettings;
}

/** The order in which OpenSSH tries what the server offers. */
const METHODS = [
  'gssapi-with-mic',
  'hostbased',
  'publickey',
  'keyboard-interactive',
  'password'
] as const;

const SWITCHES: Readonly<Record<(typeof METHODS)[number], readonly [string, boolean]>> = {
  'gssapi-with-mic': ['gssapiauthentication', false],
  hostbased: ['hostbasedauthentication', false],
  publickey: ['pubkeyauthentication', true],
  'keyboard-interactive': ['kbdinteractiveauthentication', true],
  password: ['passwordauthentication', true]
};

/** Makes a hop of the settings for a destination. */
export function hopOf(destination: string, settings: SshSettings, world: IConfigWorld): ISshHop {
  const place: ISshPlace = {
    destination,
    hostname: settings.get('hostname')?.[0] ?? destination,
    port: numberOf(settings, 'port') ?? 22,
    user: settings.get('user')?.[0] ?? world.user,
    alias: settingOf(settings, 'hostkeyalias'),
    jump: settingOf(settings, 'proxyjump') ?? ''
  };
  const paths = (name: string) =>
    (settings.get(name) ?? [])
      .filter(path => path.toLowerCase() !== 'none')
      .map(path => expandPath(path, place, world));
  const timeout = numberOf(settings, 'connecttimeout');
  const { hostname, port, user } = place;
  return {
    destination,
    title: `${user}@${hostname}`,
    hostname,
    port,
    user,
    family: FAMILIES[settingOf(settings, 'addressfamily') ?? 'any'] ?? 0,
    bindAddress: settingOf(settings, 'bindaddress'),
    connectTimeoutMs: timeout === null || timeout === 0 ? null : timeout * 1000,
    hostKeys: {
      name: nameOf(hostname, port, place.alias),
      portless: place.alias === null && port !== 22 ? nameOf(hostname, 22, null) : null,
      userFiles: paths('userknownhostsfile'),
      globalFiles: paths('globalknownhostsfile'),
      isHashed: isOn(settings, 'hashknownhosts'),
      unknown: UNKNOWN[settingOf(settings, 'stricthostkeychecking') ?? 'ask'] ?? 'ask'
    },
    methods: methodsOf(settings),
    passwordPrompts: Math.max(1, numberOf(settings, 'numberofpasswordprompts') ?? 3),
    identityFiles: paths('identityfile'),
    certificateFiles: paths('certificatefile'),
    identitiesOnly: isOn(settings, 'identitiesonly'),
    agent: agentOf(settings, place, world),
    settings
  };
}

const FAMILIES: Readonly<Partial<Record<string, 4 | 6>>> = { inet: 4, inet6: 6 };

/** There is no way to switch the check off: what would be `no` asks. */
const UNKNOWN: Readonly<Partial<Record<string, IHostKeyRules['unknown']>>> = {
  yes: 'refuse',
  true: 'refuse',
  'accept-new': 'accept'
};

function methodsOf(settings: SshSettings): string[] {
  const preferred = settingOf(settings, 'preferredauthentications')?.split(',') ?? METHODS;
  return METHODS.filter(method => preferred.includes(method) && isOn(settings, ...SWITCHES[method]))
    .map(method => ({ method, place: preferred.indexOf(method) }))
    .sort((a, b) => a.place - b.place)
    .map(({ method }) => method);
}

/** `IdentityAgent`: a path, the name of a variable with `$`, or SSH_AUTH_SOCK as when absent. */
function agentOf(settings: SshSettings, place: ISshPlace, world: IConfigWorld): string | null {
  const [value = 'SSH_AUTH_SOCK'] = settings.get('identityagent') ?? [];
  if (value.toLowerCase() === 'none') {
    return null;
  }
  const variable = value === 'SSH_AUTH_SOCK' ? value : /^\$(\w+)$/.exec(value)?.[1];
  const path =
    variable === undefined ? expandPath(value, place, world) : (world.env[variable] ?? '');
  return path === '' ? null : path;
}

function numberOf(settings: SshSettings, name: string): number | null {
  const value = settingOf(settings, name);
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}
