import { homedir, hostname, userInfo } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { configWorld } from '../world';

vi.mock('node:os', async original => {
  const os = await original<typeof import('node:os')>();
  return { ...os, userInfo: vi.fn(os.userInfo) };
});
afterEach(() => vi.clearAllMocks());

it('asks the system who the user is, as ssh does', () => {
  const { username: user, homedir: home, uid } = userInfo();
  const env = { HOME: '/elsewhere', USER: 'somebody' };
  expect(configWorld(env)).toEqual({ env, user, home, uid, machine: hostname() });
});

it('takes the environment where the system does not know the user', () => {
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
  });
  expect(configWorld({ USER: 'somebody' })).toMatchObject({ user: 'somebody', home: homedir() });
});
