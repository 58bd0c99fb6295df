/** A cluster of HTCondor's on another host, through a real SSH server: from start to nothing left. */
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionProfile, clusters, connections } from '../../../contract';
import type { Call } from '../../../contract';
import { describeWith } from '../../__tests__/test-bed';
import { SSH } from '../../connections/hosts/__tests__/ssh-bed';
import { ForeignDask } from '../added/__tests__/dask';
import { compute, processesOf, say } from './bed';
import { User, until } from './served';
import { daskPython } from '../../__tests__/jobs-python';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

const connection = 'away';
const away = ConnectionProfile.parse({
  id: connection,
  title: 'The other host',
  backend: 'dask-htcondor',
  host: { kind: 'ssh', destination: 'hep-a' },
  defaults: { memory: '600MB', disk: '100MB', python: daskPython() }
});

/** An agent of a new user here, with an open connection there. */
async function newAgent(sshConfig: string): Promise<Call> {
  const user = await User.new();
  ends.push(() => user.remove());
  const { agent, call } = await user.serve({ HEPBATCH_SSH_CONFIG: sshConfig });
  ends.push(() => agent.close());
  await call(connections.save, { profile: away });
  await call(connections.open, { id: connection });
  await vi.waitFor(async () => {
    const { state } = await call(connections.read, { id: connection });
    expect(state).toBe('open');
  }, 30_000);
  return call;
}

describeWith(SSH, 'by SSH', ({ sshConfig }) => {
  it(
    'works there, is reached by a client here, is found by another agent, and ends',
    {
      timeout: 180_000
    },
    async () => {
      const call = await newAgent(sshConfig);
      const { id, name } = await call(clusters.start, { connection, options: { workers: 1 } });
      ends.push(() => call(clusters.stop, { id }).catch(() => null)); // it may be forgotten by then
      const there = await until(call, id, ({ workers }) => workers?.joined === 1, 90);
      expect(there).toMatchObject({ name: 'away-1', origin: 'ours', summary: '1 worker' });
      expect(there.folder).toMatch(/^\/home\//);

      await expect(call(clusters.client, { id })).rejects.toMatchObject({ code: 'conflict' });
      const open = await call(clusters.loopback, { id, open: true });
      expect(open.scheduler?.loopback).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
      const client = await call(clusters.client, { id });
      expect(client.address).toBe(open.scheduler?.loopback);
      expect(await compute(client, ['env'], 'who', 2, 0.1)).toHaveLength(1);

      const other = await newAgent(sshConfig);
      const list = async () => (await other(clusters.list, undefined)).clusters;
      const found = (await list()).find(cluster => cluster.id === id);
      expect(found).toMatchObject({ name, connection, origin: 'supervisor' });
      await until(other, id, ({ state }) => state === 'running');
      await other(clusters.stop, { id });
      const stopped = await until(call, id, ({ state }) => state === 'stopped');
      expect(stopped).toMatchObject({ failure: null, scheduler: null });
      await vi.waitFor(async () => expect(await list()).toEqual([]), 20_000);

      // What the one forgets who did not start it, the other one still reads.
      const log = await call(clusters.readLog, { id, log: 'scheduler.log' });
      expect(log.text).toContain('Register worker');
      expect(await say('ls', there.folder ?? '')).toBe('logs');
      expect(await say('condor_q', '-constraint', `HepbatchCluster == "${id}"`, '-af', 'Cmd')).toBe(
        ''
      );
      await vi.waitFor(async () => expect(await processesOf(id)).toEqual([]), 20_000);
      await call(clusters.remove, { id });
      expect(await say('sh', '-c', `test -e '${there.folder ?? ''}' || echo gone`)).toBe('gone');
    }
  );

  it('shows a cluster there by the address that its dashboard has there', async () => {
    const dask = await ForeignDask.start();
    ends.push(() => dask.end());
    const call = await newAgent(sshConfig);
    expect(await call(clusters.add, { connection, address: dask.link })).toMatchObject({
      origin: 'address',
      state: 'running',
      can: ['dashboard', 'remove'],
      host: 'hep-a',
      summary: '2 workers'
    });
  });
});
