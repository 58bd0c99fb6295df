import { access } from 'node:fs/promises';
import { run } from '../run';
import type { Environment } from '../run';
import { readIdentityFile } from './hosts/ssh2/identity-file';
import { lookUpHost } from './known-hosts/known-hosts';
import type { ISshHop } from './ssh-config/hop';
import type { ISshRoute } from './ssh-config/resolve';
import { isOn, settingOf } from './ssh-config/settings';

/** How long a program that is asked about tickets and keys may take. */
const PATIENCE_MS = 5000;

/** Settings that, where they say anything, say what only OpenSSH does. */
const SETTINGS = {
  proxycommand: 'ProxyCommand',
  pkcs11provider: 'PKCS11Provider',
  knownhostscommand: 'KnownHostsCommand',
  revokedhostkeys: 'RevokedHostKeys'
} as const;

const SWITCHES = {
  hostbasedauthentication: 'HostbasedAuthentication',
  verifyhostkeydns: 'VerifyHostKeyDNS',
  forwardagent: 'ForwardAgent'
} as const;

/** Algorithms of which ssh2 has these; a configuration may allow only others. */
const ALGORITHMS = {
  kexalgorithms:
    /^(curve25519|ecdh-sha2-nistp|diffie-hellman-group(1[4-8]|-exchange)-sha(256|512))/,
  ciphers: /^(aes(128|256)-gcm@|aes(128|192|256)-ctr$|chacha20)/,
  macs: /^hmac-sha2-/,
  hostkeyalgorithms: /^(ssh-ed25519|ecdsa-sha2-nistp\d+|rsa-sha2-(256|512))$/
} as const;

/**
 * What the way to a host needs that only OpenSSH has, in words; empty: ssh2 will do. `settings` alone
 * are looked at first, then files, then the key agent and the Kerberos ticket.
 */
export async function needsOpenSsh(
  { jumps, target }: ISshRoute,
  env: Environment,
  uid: number,
  signal: AbortSignal
): Promise<string[]> {
  const hops = [...jumps, target];
  const found = await Promise.all(
    hops.map(async hop => {
      const some = [
        ...bySettings(hop),
        ...(jumps.includes(hop) && settingOf(hop.settings, 'controlpath') !== null
          ? [`a shared connection (ControlPath) to ${hop.destination}`]
          : []),
        ...(await byFiles(hop, uid)),
        ...(await byAgent(hop, env, signal))
      ];
      return some;
    })
  );
  return [...new Set([...found.flat(), ...(await byTicket(hops, env, signal))])];
}

function bySettings({ settings, methods }: ISshHop): string[] {
  const lacks = (name: keyof typeof ALGORITHMS) => {
    const allowed = settingOf(settings, name)?.split(',') ?? [];
    return allowed.length > 0 && !allowed.some(algorithm => ALGORITHMS[name].test(algorithm));
  };
  return [
    ...entries(SETTINGS).flatMap(([name, word]) => (settingOf(settings, name) ? [word] : [])),
    ...entries(SWITCHES).flatMap(([name, word]) => (isOn(settings, name) ? [word] : [])),
    ...entries(ALGORITHMS).flatMap(([name]) => (lacks(name) ? [`the algorithms of ${name}`] : [])),
    ...(methods.join() === KERBEROS ? ['Kerberos (nothing else is allowed)'] : [])
  ];
}

async function byFiles(hop: ISshHop, uid: number): Promise<string[]> {
  const { name, portless, userFiles, globalFiles } = hop.hostKeys;
  const known = await lookUpHost([...userFiles, ...globalFiles], name, portless);
  const authority = known.hasAuthority ? [`a certificate authority for ${name}`] : [];
  if (!hop.methods.includes('publickey')) {
    return authority;
  }
  const certificates = [...hop.certificateFiles, ...hop.identityFiles.map(certificateOf)];
  const found = await Promise.all(
    certificates.map(async file => ((await exists(file)) ? [`the certificate ${file}`] : []))
  );
  const keys = await Promise.all(
    hop.identityFiles.map(async file => {
      const identity = await readIdentityFile(file, uid);
      const type = identity?.publicKey?.toString('latin1', 4, 7);
      return type === 'sk-' ? [`the security key ${file}`] : [];
    })
  );
  return [...authority, ...found.flat(), ...keys.flat()];
}

const certificateOf = (file: string) => `${file.replace(/\.pub$/, '')}-cert.pub`;

/** ssh2 passes over what it does not know in an agent, without a word. */
async function byAgent(hop: ISshHop, env: Environment, signal: AbortSignal): Promise<string[]> {
  if (hop.agent === null || !hop.methods.includes('publickey')) {
    return [];
  }
  const said = await run(['ssh-add', '-L'], {
    env: { ...env, SSH_AUTH_SOCK: hop.agent },
    signal,
    timeoutMs: PATIENCE_MS,
    maxOutputBytes: 1_000_000
  });
  const isThere = said.end === 'exited' && said.code === 0;
  const special = isThere ? /^\S*(?:-cert-v01@|sk-)\S* /m.test(said.stdout) : false;
  return special ? ['a security key or certificate of the key agent'] : [];
}

const KERBEROS = 'gssapi-with-mic';

/** Kerberos is allowed nearly everywhere by default; where there is a ticket it also comes along. */
async function byTicket(
  hops: readonly ISshHop[],
  env: Environment,
  signal: AbortSignal
): Promise<string[]> {
  if (!hops.some(({ methods }) => methods.includes(KERBEROS))) {
    return [];
  }
  const said = await run(['klist', '-s'], {
    env,
    signal,
    timeoutMs: PATIENCE_MS,
    maxOutputBytes: 10_000
  });
  return said.end === 'exited' && said.code === 0
    ? ['Kerberos (GSSAPIAuthentication is on, and there is a ticket)']
    : [];
}

function entries<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(table) as [K, V][];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false
  );
}
