import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { sshAliases } from '../aliases';
import { resolveSsh } from '../resolve';
import { files, worldOf } from './world';

const CONFIG = {
  config:
    'Include HERE/more/*.conf\nHost lxplus lxplus.cern.ch *.cern.ch !x\n  User me\nHost lxplus\n',
  'more/b.conf': 'Host t3\n  Port 2222\n',
  'more/a.conf': 'host=psi "two words"\nMatch user x\n  Port 3\n',
  'more/.hidden.conf': 'Host hidden\n'
};

it('lists names once, without patterns, from included files too', async () => {
  const { config } = files(CONFIG);
  expect(await sshAliases(worldOf(config))).toEqual([
    'psi',
    'two words',
    't3',
    'lxplus',
    'lxplus.cern.ch'
  ]);
});

it('has none where there is no configuration', async () => {
  expect(await sshAliases(worldOf('/no/such/file'))).toEqual([]);
});

it('names the file that it cannot read', async () => {
  const { config } = files({ config: 'Host "open' });
  await expect(sshAliases(worldOf(config))).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining(config) as unknown
  });
});

it('follows an Include of a section only where the section counts, and never without end', async () => {
  const { config } = files({
    config: 'Host a\n  User one\n  Include HERE/part\n  Port 9\nHost b\nInclude HERE/config\n',
    part: 'Port 7\nUser two\n'
  });
  const find = async (destination: string) => {
    const to = { destination, user: null, port: null, jump: null };
    const world = worldOf(config, false);
    const { target } = await resolveSsh(to, world, new AbortController().signal);
    return [target.user, target.port];
  };
  expect(await find('a')).toEqual(['one', 7]);
  expect(await find('b')).toEqual([userInfo().username, 22]);
  expect(await sshAliases(worldOf(config))).toEqual(['a', 'b']);
});
