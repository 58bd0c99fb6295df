import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { run } from '../../../run';
import { openSsh } from '../ssh';
import { ownSshd } from './own-sshd';
import { Person, describeServers, worldOf } from './person';
import { address } from './ssh-bed';

const { signal } = new AbortController();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) {
    await end();
  }
});

describeServers('the client of SSH', servers => {
  const reach = async (alias: string, more: object = {}, lines = '', env: object = {}) => {
    const world = worldOf(servers, new Person(servers), lines);
    const opened = await openSsh(
      address(alias, more),
      { ...world, env: { ...world.env, ...env } },
      signal
    );
    ends.push(() => opened.host.close());
    return { client: opened.host.client, why: opened.clientWhy };
  };

  it('is ssh2 where nothing speaks against it, and what the profile says', async () => {
    expect(await reach('hep-a')).toMatchObject({ client: 'ssh2' });
    expect(await reach('hep-a', { client: 'openssh' })).toMatchObject({ client: 'openssh' });
  });

  it('is OpenSSH for a ProxyCommand', async () => {
    const pass = "bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3'";
    const lines = `Match originalhost hep-a\n  ProxyCommand ${pass}\n`;
    expect(await reach('hep-a', {}, lines)).toEqual({
      client: 'openssh',
      why: 'Only OpenSSH has what is needed here: ProxyCommand.'
    });
    await expect(reach('hep-a', { client: 'ssh2' }, lines)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('ProxyCommand') as unknown
    });
  });

  it('is OpenSSH where a Kerberos ticket is there', async () => {
    const cache = `FILE:${mkdtempSync(join(tmpdir(), 'cache-'))}/ticket`;
    const env = { KRB5_CONFIG: servers.krb5Config, KRB5CCNAME: cache };
    await expect(reach('hep-d', {}, '', env)).rejects.toMatchObject({ code: 'denied' });
    await run(['kinit', servers.principal], {
      env: { PATH: process.env['PATH'], ...env },
      stdin: `${servers.password}\n`,
      signal,
      timeoutMs: 20_000,
      maxOutputBytes: 10_000
    });
    expect(await reach('hep-d', {}, '', env)).toMatchObject({
      client: 'openssh',
      why: expect.stringContaining('Kerberos') as unknown
    });
  });

  it('is OpenSSH after ssh2 found no algorithm in common with the host', async () => {
    const sshd = await ownSshd(servers, ['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    ends.push(() => sshd.end());
    const { lines } = sshd;
    expect(await reach('hep-a', {}, lines)).toMatchObject({
      client: 'openssh',
      why: expect.stringContaining('no matching key exchange algorithm') as unknown
    });
    await expect(reach('hep-a', { client: 'ssh2' }, lines)).rejects.toMatchObject({
      code: 'unsupported'
    });
  });
});
