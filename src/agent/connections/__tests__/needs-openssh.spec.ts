import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../run';
import { needsOpenSsh } from '../needs-openssh';
import { resolveSsh } from '../ssh-config/resolve';
import { worldOf } from '../ssh-config/__tests__/world';
import { describeServers } from '../hosts/__tests__/person';
import { describeWithProgram, said } from './programs';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'needs-'));
let count = 0;

/** What a host needs whose configuration has these lines, and the one that leads there. */
async function needs(lines: string, env: object = {}, all = '') {
  const config = join(folder, `config-${++count}`);
  const always = `Host *\n  UserKnownHostsFile none\n  IdentityFile ${folder}/none\n  IdentityAgent none`;
  writeFileSync(config, `Host there\n${lines}\n${all}\n${always}\n`);
  const world = worldOf(config, true, env);
  const to = { destination: 'there', user: null, port: null, jump: null };
  return needsOpenSsh(await resolveSsh(to, world, signal), world.env, world.uid, signal);
}
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIL2ahSHP46GQaE4FNCHCYHbDAIVIlYmGOJLzQgk0HTTi';
const NO_TICKET = { KRB5CCNAME: `FILE:${folder}/no-ticket` };

describeWithProgram('ssh', 'a configuration', () => {
  it('that asks for nothing special needs nothing', async () => {
    expect(await needs('ProxyJump jump\nIdentitiesOnly yes\nPort 2222')).toEqual([]);
  });

  it.each([
    ['ProxyCommand nc %h %p', 'ProxyCommand'],
    ['PKCS11Provider /usr/lib/card.so', 'PKCS11Provider'],
    ['KnownHostsCommand /bin/echo', 'KnownHostsCommand'],
    ['RevokedHostKeys /etc/ssh/revoked', 'RevokedHostKeys'],
    ['HostbasedAuthentication yes', 'HostbasedAuthentication'],
    ['VerifyHostKeyDNS yes', 'VerifyHostKeyDNS'],
    ['ForwardAgent yes', 'ForwardAgent'],
    ['KexAlgorithms sntrup761x25519-sha512@openssh.com', 'the algorithms of kexalgorithms'],
    ['HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com', 'the algorithms of hostkeyalgorithms'],
    ['PreferredAuthentications gssapi-with-mic\nGSSAPIAuthentication yes', 'Kerberos']
  ])('with %s needs OpenSSH', async (line, need) => {
    expect(await needs(line, NO_TICKET)).toEqual([expect.stringContaining(need)]);
  });

  it('of a jump host counts as well', async () => {
    const jump = 'Host jump\n  ProxyCommand nc %h %p\n';
    expect(await needs('ProxyJump jump', {}, jump)).toEqual(['ProxyCommand']);
  });

  it('that shares a connection to a jump host needs the one that can', async () => {
    const shared = 'Host jump\n  ControlPath ~/.ssh/%C\n';
    expect(await needs('ProxyJump jump', {}, shared)).toEqual([
      'a shared connection (ControlPath) to jump'
    ]);
    expect(await needs('ControlMaster auto\nControlPath ~/.ssh/%C')).toEqual([]);
  });

  it('with a certificate needs OpenSSH, beside the key or named', async () => {
    const key = file('id', '');
    const beside = file('id-cert.pub', '');
    expect(await needs(`IdentityFile ${key}`)).toEqual([`the certificate ${beside}`]);
    expect(await needs(`CertificateFile ${beside}`)).toEqual([`the certificate ${beside}`]);
    expect(await needs(`CertificateFile ${folder}/absent`)).toEqual([]);
    expect(await needs(`IdentityFile ${key}\nPubkeyAuthentication no`)).toEqual([]);
  });

  it('with a security key that is there needs OpenSSH', async () => {
    const blob = Buffer.concat(
      ['sk-ssh-ed25519@openssh.com', 'x'.repeat(32), 'ssh:'].flatMap(part => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        return [length, Buffer.from(part)];
      })
    );
    const text = `sk-ssh-ed25519@openssh.com ${blob.toString('base64')} me\n`;
    const key = file('token', '');
    file('token.pub', text);
    expect(await needs(`IdentityFile ${key}`)).toEqual([`the security key ${key}`]);
  });

  it('whose known hosts name an authority needs OpenSSH', async () => {
    const known = file('known', `@cert-authority *.example.org ssh-ed25519 ${KEY}\n`);
    const lines = (name: string) => `HostName ${name}\nUserKnownHostsFile ${known}`;
    expect(await needs(lines('a.example.org'))).toEqual([
      'a certificate authority for a.example.org'
    ]);
    expect(await needs(lines('a.example.com'))).toEqual([]);
  });

  it('with an agent that holds a certificate needs OpenSSH', async () => {
    const ca = join(folder, 'ca');
    const own = join(folder, 'own');
    for (const name of [ca, own]) {
      said(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', name]);
    }
    const told = said(['ssh-agent', '-s']);
    const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+)/.exec(told) ?? [];
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(told) ?? [];
    try {
      const add = async () =>
        run(['ssh-add', '-q', own], {
          env: { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket },
          signal,
          timeoutMs: 10_000,
          maxOutputBytes: 1000
        });
      await add();
      expect(await needs(`IdentityAgent ${socket}`)).toEqual([]);
      said(['ssh-keygen', '-q', '-s', ca, '-I', 'me', '-n', 'me', `${own}.pub`]);
      await add();
      expect(await needs(`IdentityAgent ${socket}`)).toEqual([
        'a security key or certificate of the key agent'
      ]);
    } finally {
      process.kill(Number(pid));
    }
  });
});

describeServers('Kerberos', ({ krb5Config, principal, password }) => {
  it('is taken where there is a ticket, and only then', async () => {
    const env = { KRB5_CONFIG: krb5Config, KRB5CCNAME: `FILE:${folder}/ticket` };
    expect(await needs('GSSAPIAuthentication yes', env)).toEqual([]);
    const kinit = await run(['kinit', principal], {
      env: { PATH: process.env['PATH'], ...env },
      stdin: `${password}\n`,
      signal,
      timeoutMs: 20_000,
      maxOutputBytes: 10_000
    });
    expect(kinit).toMatchObject({ end: 'exited', code: 0 });
    expect(await needs('GSSAPIAuthentication yes', env)).toEqual([
      'Kerberos (GSSAPIAuthentication is on, and there is a ticket)'
    ]);
    expect(await needs('GSSAPIAuthentication no', env)).toEqual([]);
  });
});
