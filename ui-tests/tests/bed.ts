import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hepbatch, home } from './lab';

const BED = resolve(process.env['HEPBATCH_TESTBED'] ?? join('..', '.testbed'));

/** What a service of the test bed tells of itself; null where it is not up. */
function told(service: string): Record<string, string> | null {
  const file = join(BED, service, 'env.json');
  if (!existsSync(file)) {
    return null;
  }
  const env = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const connect = 'exec 3<>"/dev/tcp/127.0.0.1/$0"';
  return spawnSync('bash', ['-c', connect, String(env['probe'])]).status === 0 ? env : null;
}

/** The SSH servers and the realm of the test bed, as the Lab of the tests meets them. */
export function sshBed() {
  const ssh = told('ssh');
  const realm = told('kerberos');
  if (ssh === null || realm === null) {
    return null;
  }
  const knownHosts = join(home(), 'known_hosts');
  const text = (file: string | undefined) => readFileSync(file ?? '', 'utf8');
  return {
    user: ssh['user'] ?? '',
    password: ssh['password'] ?? '',
    knownHosts,
    /** The one-time code of this moment. */
    code: () => execFileSync(ssh['oneTimeCode'] ?? '', { encoding: 'utf8' }).trim(),
    /** Lets the Lab reach the servers; their keys are `known`, `changed`, or not there. */
    configure: (keys: 'known' | 'changed' | 'none') => {
      const config = text(ssh['sshConfig'])
        .replace(/UserKnownHostsFile .*/, `UserKnownHostsFile ${knownHosts}`)
        .replace(/StrictHostKeyChecking .*/, 'StrictHostKeyChecking ask');
      writeFileSync(join(home(), 'ssh_config'), config);
      copyFileSync(realm['krb5Config'] ?? '', join(home(), 'krb5.conf'));
      const file = { known: ssh['knownHosts'], changed: ssh['knownHostsChanged'], none: '' }[keys];
      writeFileSync(knownHosts, file ? text(file) : '', { mode: 0o600 });
    },
    /** Gets the Lab a Kerberos ticket. */
    kinit: () => {
      const env = {
        ...process.env,
        KRB5_CONFIG: realm['krb5Config'] ?? '',
        KRB5CCNAME: `FILE:${join(home(), 'krb5cc')}`
      };
      const input = `${realm['password'] ?? ''}\n`;
      execFileSync('kinit', [realm['principal'] ?? ''], { env, input });
    },
    kdestroy: () => rmSync(join(home(), 'krb5cc'), { force: true })
  };
}

/** Whether HTCondor of the test bed is up. */
export const htcondorBed = (): boolean => told('htcondor') !== null;

/** Kills the server's process of an open connection, as a crash would. */
export function killSession(connection: string): void {
  const up = `p=$$
    until grep -q sshd "/proc/$p/comm"; do p=$(sed 's/.*) . //; s/ .*//' "/proc/$p/stat"); done
    kill -9 "$p"`;
  const done = hepbatch('exec', connection, '--', 'sh', '-c', up);
  // 255: nobody knows how it ended, which is how it should be.
  if (done.status !== 255) {
    throw new Error(`the session of ${connection} was not killed: ${String(done.stderr)}`);
  }
}
