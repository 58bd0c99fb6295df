/** Which dashboards there are, and how it stands with them, asked of a real agent. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dashboards } from '../../../../contract';
import type { Dashboard } from '../../../../contract';
import { until } from '../../../__tests__/served';
import { serveDashboards } from './served';
import { Upstream } from './upstream';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

async function begin() {
  const upstream = await new Upstream().begin();
  const served = await serveDashboards();
  ends.push(
    () => upstream.end(),
    () => served.agent.close()
  );
  const add = (address: string) =>
    served.call(dashboards.add, { connection: 'dask-local', address });
  const states = (id: string) =>
    served.events.flatMap(event =>
      event.topic === 'dashboard' && event.dashboard.id === id ? [event.dashboard.state] : []
    );
  return { upstream, ...served, add, states };
}

describe('a pasted address', () => {
  it('is shown once it answered as Dask does, with all that it can show', async () => {
    const { upstream, add, call, events } = await begin();
    const added = await add(`http://${upstream.address}/status`);
    expect(added).toMatchObject({
      kind: 'scheduler',
      origin: 'pasted',
      connection: 'dask-local',
      address: upstream.address,
      state: 'up',
      reason: null
    });
    // A path that is none is left out.
    expect(added.pages.filter(({ kind }) => kind === 'plot')).toEqual([
      { title: 'Cpu', path: 'individual-cpu', kind: 'plot' }
    ]);
    expect(added.pages.map(({ path }) => path)).toContain('info/main/workers.html');
    expect(await add(upstream.address)).toMatchObject({ id: added.id });
    expect((await call(dashboards.list, undefined)).dashboards).toHaveLength(1);
    expect(events.filter(({ topic }) => topic === 'dashboard').length).toBeGreaterThan(0);
  });

  it.each<[string, unknown]>([
    ['another page', '<html>'],
    ['other JSON', [1]],
    ['plots that are no text', { a: 1 }]
  ])('is refused where %s answers', async (_what, plots) => {
    const { upstream, add, call } = await begin();
    upstream.plots = plots;
    await expect(add(upstream.address)).rejects.toMatchObject({ code: 'refused' });
    expect((await call(dashboards.list, undefined)).dashboards).toEqual([]);
  });

  it('is refused where no web server is, and where nobody is', async () => {
    const { add } = await begin();
    const other = createServer(line => line.resume().end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(add(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'refused' });
    await new Promise(resolve => other.close(resolve));
    await expect(add(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is refused on a connection that is not there, and not as another protocol', async () => {
    const { upstream, call, add } = await begin();
    const { address } = upstream;
    const elsewhere = call(dashboards.add, { connection: 'nowhere', address });
    await expect(elsewhere).rejects.toMatchObject({ code: 'not-found' });
    await expect(add(`https://${address}`)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(add('file:///etc/passwd')).rejects.toMatchObject({ code: 'bad-request' });
    expect(upstream.heard).toEqual([]);
  });

  it('is forgotten on request, and those of its workers with it', async () => {
    const { upstream, add, call, events } = await begin();
    const row = (address: string, port: number) =>
      `<tr ><td><a href="../worker/${encodeURIComponent(address)}.html">x</a></td><td> w </td>` +
      `<td> <a href="../../proxy/${port}/127.0.0.1/status">dashboard</a> </td></tr>`;
    upstream.pages['/info/main/workers.html'] = (_, response) =>
      response.end(`<tbody>${row('tcp://127.0.0.1:1', upstream.port)}</tbody>`);
    const { id } = await add(upstream.address);
    expect(await call(dashboards.workers, { id })).toEqual({
      workers: [{ address: 'tcp://127.0.0.1:1', name: 'w', dashboard: true }]
    });
    const worker = await call(dashboards.worker, { id, address: 'tcp://127.0.0.1:1' });
    expect(worker).toMatchObject({ kind: 'worker', of: id, title: 'w', state: 'up' });
    const stranger = call(dashboards.worker, { id, address: 'tcp://127.0.0.1:2' });
    await expect(stranger).rejects.toMatchObject({ code: 'not-found' });
    const ofWorker = call(dashboards.workers, { id: worker.id });
    await expect(ofWorker).rejects.toMatchObject({ code: 'bad-request' });
    await call(dashboards.remove, { id });
    expect((await call(dashboards.list, undefined)).dashboards).toEqual([]);
    const removed = events.flatMap(event => (event.topic === 'dashboard-removed' ? event.id : []));
    expect(removed.sort()).toEqual([id, worker.id].sort());
    await expect(call(dashboards.read, { id })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a dashboard', () => {
  it('that is gone is away with a reason, and up again by itself when it is back', async () => {
    const { upstream, add, call, states, told } = await begin();
    const { id } = await add(upstream.address);
    await upstream.end();
    const gone = await call(dashboards.read, { id });
    expect(gone).toMatchObject({ state: 'away' });
    expect(gone.reason).toContain(upstream.address);
    expect(gone.pages.length).toBeGreaterThan(0);
    await upstream.begin();
    await until(() => states(id).at(-1) === 'up');
    expect(told()).toMatchObject({ id, reason: null });
  });

  it('of a cluster is registered without being asked, and goes with it alone', async () => {
    const { upstream, call, dashboards: known } = await begin();
    const host = () => Promise.reject(new Error('not asked'));
    const source = {
      id: 'gjet',
      title: 'GJet',
      kind: 'scheduler',
      origin: 'cluster',
      of: null,
      connection: 'dask-local',
      target: { host: '127.0.0.1', port: upstream.port },
      prefix: '',
      host
    } as const;
    const registered: Dashboard = known.register(source);
    expect(registered).toMatchObject({ state: 'unknown', checkedAt: null });
    const ticket = known.ticket('gjet');
    known.register({ ...source });
    expect(known.ticket('gjet')).toBe(ticket);
    known.register({ ...source, target: { socketPath: '/run/other' } });
    expect(known.ticket('gjet')).not.toBe(ticket);
    expect(known.byTicket(ticket)).toBeNull();
    await expect(call(dashboards.remove, { id: 'gjet' })).rejects.toMatchObject({ code: 'denied' });
    known.unregister('gjet');
    expect(known.list()).toEqual([]);
    expect(upstream.heard).toEqual([]);
  });

  it('is opened and closed by the Jupyter server, which the agent says', async () => {
    const { upstream, add, call } = await begin();
    const { id } = await add(upstream.address);
    await expect(call(dashboards.open, { id })).rejects.toMatchObject({ code: 'unsupported' });
    const { ticket } = await call(dashboards.ticket, { id });
    expect(ticket).toMatch(/^[\w-]{32}$/);
  });
});
