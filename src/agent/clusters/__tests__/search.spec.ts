import { afterEach, expect, it, vi } from 'vitest';
import { clusters, connections } from '../../../contract';
import { User } from './served';

afterEach(() => vi.useRealTimers());

it('looks on this machine at first, and not again once it was closed', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const user = await User.new();
  const { agent, call } = await user.serve();
  const id = 'dask-local';
  const state = async () => (await call(connections.read, { id })).state;
  expect(await state()).toBe('closed');
  expect(await call(clusters.list, undefined)).toEqual({ clusters: [] });
  expect(await state()).toBe('open');
  await call(connections.close, { id });
  vi.setSystemTime(Date.now() + 60_000);
  await call(clusters.list, undefined);
  expect(await state()).toBe('closed');
  await agent.close();
  await user.remove();
});
