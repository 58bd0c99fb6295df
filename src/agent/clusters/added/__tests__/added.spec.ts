/** Clusters of other programs, named by the address of their dashboard: a real Dask, a real agent. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusters } from '../../../../contract';
import type { Call } from '../../../../contract';
import type { IAgent } from '../../../serve';
import { User, until } from '../../__tests__/served';
import { ForeignDask } from './dask';

let user: User;
let agent: IAgent;
let call: Call;
let dask: ForeignDask;
const connection = 'dask-local';

beforeAll(async () => {
  user = await User.new();
  [{ agent, call }, dask] = await Promise.all([user.serve(), ForeignDask.start()]);
}, 60_000);

afterAll(async () => {
  await dask.end();
  await agent.close();
  await user.remove();
});

const list = async () => (await call(clusters.list, undefined)).clusters;

it('shows one of a notebook, says what can be done with it, and forgets it', async () => {
  const added = await call(clusters.add, {
    connection,
    address: dask.link,
    origin: 'kernel',
    name: 'of my notebook'
  });
  expect(added).toMatchObject({
    name: 'of my notebook',
    origin: 'kernel',
    backend: null,
    state: 'running',
    can: ['dashboard', 'client', 'remove'],
    summary: '2 workers',
    scheduler: { address: dask.scheduler, tls: false, dashboard: added.id }
  });
  expect(await list()).toEqual([added]);
  const { id } = added;
  expect(await call(clusters.client, { id })).toMatchObject({ address: dask.scheduler, tls: null });
  const { code } = await call(clusters.clientCode, { id });
  expect(code).toContain(`client = Client("${dask.scheduler}")`);
  await expect(call(clusters.stop, { id })).rejects.toMatchObject({
    code: 'conflict',
    data: { next: 'Do that where it was started. It can here: dashboard, client, remove.' }
  });
  await call(clusters.remove, { id });
  expect(await list()).toEqual([]);
  await expect(call(clusters.read, { id })).rejects.toMatchObject({ code: 'not-found' });
});

it('is the same one whoever names it, and lost when it ends', { timeout: 30_000 }, async () => {
  const first = await call(clusters.add, { connection, address: dask.link });
  expect(first).toMatchObject({ origin: 'address', name: dask.link.split('/')[2] });
  const again = { connection, address: dask.link, name: 'other' };
  expect(await call(clusters.add, again)).toMatchObject({ id: first.id, name: 'other' });
  expect(await list()).toHaveLength(1);
  await dask.end();
  const lost = await until(call, first.id, ({ state }) => state === 'lost');
  expect(lost).toMatchObject({ can: ['remove'], summary: 'lost' });
  expect(lost.failure?.message).toMatch(/ECONNREFUSED/);
  await call(clusters.remove, { id: first.id });
});

it('refuses what is no dashboard, and a connection that is not there', async () => {
  const add = (address: string, where = connection) =>
    call(clusters.add, { connection: where, address });
  await expect(add('127.0.0.1:1')).rejects.toMatchObject({ code: 'unreachable' });
  await expect(add('not an address')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(add(dask.link, 'nowhere')).rejects.toMatchObject({ code: 'not-found' });
  expect(await list()).toEqual([]);
});
