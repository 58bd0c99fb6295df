import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { SSH } from '../../__tests__/ssh-bed';
import type { SshBed } from '../../__tests__/ssh-bed';
import { folder, login } from './logins';

/** The configuration of the bed with another file of known hosts. */
const knowing = (file: string, strict: string) => (text: string) =>
  text
    .replace(/UserKnownHostsFile .*/, `UserKnownHostsFile ${file}`)
    .replace(/StrictHostKeyChecking .*/, `StrictHostKeyChecking ${strict}`);

function fingerprint(bed: SshBed, key: string): string {
  const said = execFileSync('ssh-keygen', ['-lf', join(bed.hostKeys, `${key}.pub`)]).toString();
  return said.split(' ')[1] ?? '';
}

describeWith(SSH, 'a host key', bed => {
  const question = (file: string) => ({
    title: `${bed.user}@localhost`,
    kind: 'host-key',
    again: false,
    text: expect.stringContaining('Are you sure you want to continue') as unknown,
    hostKey: {
      host: `[localhost]:${bed.aPort} ([127.0.0.1]:${bed.aPort})`,
      algorithm: 'ED25519',
      fingerprint: fingerprint(bed, 'a'),
      file
    }
  });

  // `no` would take any key without a word; there is no way to switch the check off.
  it.each(['ask', 'no'])('that nobody knows is asked about, where the rule is %s', async strict => {
    const file = join(folder(), 'known');
    const config = knowing(file, strict);
    const { asked } = await login(bed, 'hep-a', { config, answers: ['yes'] });
    expect(asked).toEqual([question(file)]);
    expect(readFileSync(file, 'utf8')).toContain(`[localhost]:${bed.aPort} ssh-ed25519 `);
    expect(statSync(file).mode & 0o077).toBe(0);
    const again = await login(bed, 'hep-a', { config, answers: [] });
    expect(again.asked).toEqual([]);
  });

  it.each([
    ['no', 'denied'],
    [null, 'cancelled']
  ])('that is answered with %s is not written down', async (said, code) => {
    const file = join(folder(), 'known');
    const config = knowing(file, 'ask');
    const opening = login(bed, 'hep-a', { config, answers: [said, 'yes'] });
    await expect(opening).rejects.toMatchObject({ code });
    expect(existsSync(file)).toBe(false);
  });

  it('that must be known and is not is refused without a question', async () => {
    const config = knowing('/dev/null', 'yes');
    await expect(login(bed, 'hep-a', { config, answers: ['yes'] })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('No ED25519 host key is known for') as unknown
    });
  });

  it.each(['ask', 'no', 'yes'])(
    'that has changed is refused, with its place (%s)',
    async strict => {
      const config = knowing(bed.knownHostsChanged, strict);
      await expect(login(bed, 'hep-a', { config, answers: ['yes'] })).rejects.toMatchObject({
        code: 'denied',
        message: expect.stringMatching(
          new RegExp(`has changed: ED25519 key in ${bed.knownHostsChanged}:1 differs from SHA256:`)
        ) as unknown
      });
    }
  );

  it('that is revoked is refused', async () => {
    const file = join(folder(), 'known');
    const [line = ''] = readFileSync(bed.knownHosts, 'utf8').split('\n');
    writeFileSync(file, `@revoked ${line}\n`);
    const config = knowing(file, 'ask');
    await expect(login(bed, 'hep-a', { config, answers: ['yes'] })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('is revoked') as unknown
    });
  });

  it('in a hashed file is known', async () => {
    const hashed = bed.knownHosts + '.hashed';
    const { asked } = await login(bed, 'hep-a', { config: knowing(hashed, 'yes') });
    expect(asked).toEqual([]);
  });
});
