import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { SSH, answer } from '../../__tests__/ssh-bed';
import type { SshBed } from '../../__tests__/ssh-bed';
import { options } from '../../__tests__/suite';
import type { IHost } from '../../host';
import { folder, login, onlyKey } from './logins';

const user = async (host: IHost) => (await host.run(['id', '-un'], options())).stdout.trim();

/** Servers that ask are there only where the bed was brought up by root. */
function passwordOf(bed: SshBed): string {
  return bed.password ?? '';
}

describeWith(SSH, 'a login that asks', bed => {
  const title = `${bed.user}@localhost`;
  const secret = { title, kind: 'secret', hostKey: null };

  it('for the pass phrase of a key, and again after a wrong one', async () => {
    const { host, asked } = await login(bed, 'hep-a', {
      config: onlyKey(`IdentityFile ${bed.keys}/encrypted`),
      answers: ['wrong', bed.keyPassphrase]
    });
    const text = `Enter passphrase for key '${bed.keys}/encrypted': `;
    expect(asked).toEqual([
      { ...secret, text, again: false },
      { ...secret, text, again: true }
    ]);
    expect(await user(host)).toBe(bed.user);
  });

  it('never asks for a pass phrase what the server would not take anyway', async () => {
    const config = onlyKey('IdentityFile none');
    await expect(login(bed, 'hep-a', { config })).rejects.toMatchObject({ code: 'denied' });
  });

  const needsRoot = it.skipIf(bed.password === undefined);

  needsRoot('for a password', async () => {
    const { host, asked } = await login(bed, 'hep-e', { answers: ['wrong', passwordOf(bed)] });
    const text = `${title}'s password: `;
    expect(asked).toEqual([
      { ...secret, text, again: false },
      { ...secret, text, again: true }
    ]);
    expect(await user(host)).toBe(bed.user);
  });

  needsRoot('for a password, then for a code', async () => {
    const { host, asked } = await login(bed, 'hep-b');
    expect(asked).toEqual([
      { ...secret, text: `${title}'s password: `, again: false },
      {
        ...secret,
        text: `(${title}) One-time password (OATH) for \`${bed.user}': `,
        again: false
      }
    ]);
    expect(await user(host)).toBe(bed.user);
  });

  needsRoot('for both in one dialogue, and for both again after a wrong code', async () => {
    const right = () => answer(bed, '2nd factor');
    const answers = [passwordOf(bed), '000000', passwordOf(bed)];
    const { host, asked } = await login(bed, 'hep-b2', {
      answers: [...answers, right()]
    });
    const texts = [`(${title}) Password: `, `(${title}) Your 2nd factor (${bed.user}): `];
    expect(asked.map(({ text, again }) => [text, again])).toEqual([
      [texts[0], false],
      [texts[1], false],
      [texts[0], true],
      [texts[1], true]
    ]);
    expect(await user(host)).toBe(bed.user);
  });

  needsRoot('at a jump host', async () => {
    const { host, asked } = await login(bed, 'hep-a-via-c2');
    expect(asked.map(({ text }) => text)).toEqual([
      `(${title}) Password: `,
      `(${title}) Your 2nd factor (${bed.user}): `
    ]);
    expect(await user(host)).toBe(bed.user);
  });

  needsRoot('is denied after wrong answers, in the words of ssh', async () => {
    const answers = ['wrong', 'wrong', 'wrong', 'never asked'];
    await expect(login(bed, 'hep-e', { answers })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('Permission denied (password)') as unknown
    });
    expect(answers).toEqual(['never asked']);
  });

  needsRoot('is cancelled where a question is, and asks no other', async () => {
    const answers = [passwordOf(bed), null, 'never asked'];
    await expect(login(bed, 'hep-b2', { answers })).rejects.toMatchObject({ code: 'cancelled' });
    expect(answers).toEqual(['never asked']);
  });

  needsRoot('is cancelled by its signal while it asks, and the question goes away', async () => {
    const stop = new AbortController();
    const { signal } = stop;
    let isGone = false;
    const ask = (_question: unknown, gone: AbortSignal) =>
      new Promise<null>(resolve => {
        gone.addEventListener('abort', () => {
          isGone = true;
          resolve(null);
        });
        stop.abort();
      });
    const opening = login(bed, 'hep-e', { world: { ask }, signal });
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
    expect(isGone).toBe(true);
    const never = login(bed, 'hep-a', { signal });
    await expect(never).rejects.toMatchObject({ code: 'cancelled' });
  });

  needsRoot('fails with what went wrong while an answer was looked for', async () => {
    const ask = () => Promise.reject(new Error('no Lab is there to ask'));
    await expect(login(bed, 'hep-e', { world: { ask } })).rejects.toThrow('no Lab is there');
  });

  it('says that nobody answers', async () => {
    const config = (text: string) => `Port 1\n${text}`;
    await expect(login(bed, 'hep-a', { config })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Connection refused') as unknown
    });
    const away = (text: string) => `HostName no.such.host.invalid\n${text}`;
    await expect(login(bed, 'hep-a', { config: away })).rejects.toMatchObject({
      code: 'unreachable'
    });
  });

  const disk = mkdtempSync(join(tmpdir(), 'noexec-'));
  const mount = ['-t', 'tmpfs', '-o', 'noexec,mode=700', 'tmpfs', disk];
  const isMounted = bed.password !== undefined && spawnSync('mount', mount).status === 0;
  afterAll(() => {
    spawnSync('umount', [disk]);
  });

  it.skipIf(!isMounted)('says that its folder lets no program start', async () => {
    await expect(login(bed, 'hep-e', { world: { runtime: disk } })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Permission denied') as unknown,
      data: { next: expect.stringContaining('XDG_RUNTIME_DIR') as unknown }
    });
  });

  it('says that there is no ssh', async () => {
    const env = { PATH: folder() };
    await expect(login(bed, 'hep-a', { env })).rejects.toMatchObject({ code: 'unsupported' });
  });
});
