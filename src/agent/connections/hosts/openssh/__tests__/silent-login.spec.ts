import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { SSH } from '../../__tests__/ssh-bed';
import { options } from '../../__tests__/suite';
import type { IHost } from '../../host';
import { folder, login, onlyKey } from './logins';

const say = async (host: IHost, ...argv: string[]) => (await host.run(argv, options())).stdout;

describeWith(SSH, 'a login that asks nothing', bed => {
  it.each(['ed25519', 'rsa-pem', 'ecdsa'])('by the key %s', async key => {
    const config = onlyKey(`IdentityFile ${bed.keys}/${key}`);
    const { host, asked } = await login(bed, 'hep-a', { config });
    expect(await say(host, 'id', '-un')).toBe(`${bed.user}\n`);
    expect([host.client, host.title, asked]).toEqual(['openssh', `${bed.user}@localhost`, []]);
  });

  it('where a key opens it, even if another one has a pass phrase', async () => {
    const more = `IdentityFile ${bed.keys}/encrypted`;
    const { asked } = await login(bed, 'hep-a', { config: text => `Host *\n${more}\n${text}` });
    expect(asked).toEqual([]);
  });

  it('by a key agent', async () => {
    const socket = join(folder(), 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket]);
    const env = { SSH_AUTH_SOCK: socket };
    try {
      const program = join(folder(), 'pass');
      execFileSync('sh', [
        '-c',
        `printf '#!/bin/sh\\necho ${bed.keyPassphrase}\\n' >"$1" && chmod 700 "$1"`,
        'sh',
        program
      ]);
      await expect
        .poll(() =>
          execFileSync('ssh-add', ['-q', `${bed.keys}/encrypted`], {
            env: { ...process.env, ...env, SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' },
            stdio: ['ignore', 'pipe', 'ignore']
          }).toString()
        )
        .toBe('');
      const config = onlyKey(`IdentityFile ${bed.keys}/encrypted.pub`);
      const { host, asked } = await login(bed, 'hep-a', { env, config });
      expect([await say(host, 'id', '-un'), asked]).toEqual([`${bed.user}\n`, []]);
    } finally {
      agent.kill();
    }
  });

  it('through a jump host, by the alias and by its name', async () => {
    const { host, asked } = await login(bed, 'hep-a-via-c');
    expect(await say(host, 'sh', '-c', 'echo "${SSH_CONNECTION##* }"')).toBe(`${bed.aPort}\n`);
    expect(asked).toEqual([]);
  });

  it.skipIf(bed.principal === undefined)('by a ticket, which goes along', async () => {
    const env = { KRB5CCNAME: `FILE:${join(folder(), 'cc')}` };
    execFileSync('kinit', ['-f', bed.principal ?? ''], {
      env: { ...process.env, ...env, KRB5_CONFIG: bed.krb5Config },
      input: `${bed.password ?? ''}\n`
    });
    const ticket = ['sh', '-c', `KRB5_CONFIG=${bed.krb5Config ?? ''} klist`];
    const { host, asked } = await login(bed, 'hep-d', { env });
    expect(await say(host, ...ticket)).toContain(`Default principal: ${bed.principal ?? ''}`);
    expect(asked).toEqual([]);

    // Where the configuration allows Kerberos at all, the ticket goes along: there is no AFS without.
    const config = (text: string) => text.replace(/GSSAPIDelegateCredentials yes/, '');
    const plain = await login(bed, 'hep-d', { env, config });
    expect(await say(plain.host, ...ticket)).toContain('Default principal');
  });

  it.skipIf(bed.principal === undefined)('without a ticket says what is missing', async () => {
    const env = { KRB5CCNAME: `FILE:${join(folder(), 'none')}` };
    await expect(login(bed, 'hep-d', { env })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('Permission denied (gssapi-with-mic)') as unknown,
      data: { next: expect.stringContaining('kinit') as unknown }
    });
  });

  it('hands on the variables that the configuration sends', async () => {
    const config = (text: string) => `SetEnv LC_HEP=said\nSendEnv LC_TOO\n${text}`;
    const { host } = await login(bed, 'hep-a', { config, env: { LC_TOO: 'too' } });
    const sent = await say(host, 'sh', '-c', 'echo "${LC_HEP-} ${LC_TOO-}"');
    // Debian's sshd accepts LC_*; that of the bed does not, which must do no harm.
    expect([' \n', 'said too\n']).toContain(sent);
  });
});
