import { expect, it } from 'vitest';
import { chooseClient } from '../choose-client';

const choose = (wanted: 'auto' | 'ssh2' | 'openssh', hasOpenSsh: boolean, ...needs: string[]) =>
  chooseClient({ wanted, hasOpenSsh, needs });

it('takes ssh2 where nothing speaks against it', () => {
  expect(choose('auto', true).client).toBe('ssh2');
  expect(choose('auto', false).client).toBe('ssh2');
});

it('takes OpenSSH for what only OpenSSH has, and says what', () => {
  expect(choose('auto', true, 'ProxyCommand', 'a certificate')).toEqual({
    client: 'openssh',
    why: 'Only OpenSSH has what is needed here: ProxyCommand; a certificate.'
  });
});

it('takes what there is, and says what is missing', () => {
  const { client, why } = choose('auto', false, 'ProxyCommand');
  expect([client, why]).toEqual(['ssh2', expect.stringContaining('ProxyCommand')]);
});

it('does as the profile says, either way', () => {
  expect(choose('ssh2', true, 'ProxyCommand')).toMatchObject({
    client: 'ssh2',
    why: expect.stringContaining('ProxyCommand') as unknown
  });
  expect(choose('openssh', true).client).toBe('openssh');
  expect(() => choose('openssh', false)).toThrow('no program ssh');
});
