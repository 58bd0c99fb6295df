import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ConnectionProfile, connections, prompts } from '../../../contract';
import type { Connection } from '../../../contract';
import { until } from '../../__tests__/served';
import { describeWith } from '../../__tests__/test-bed';
import { SSH_SERVERS, answerNext, oneTimeCode } from './person';
import type { IHost } from '../hosts/host';
import { serveConnections } from './served';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(agent => agent.close()));
});

for (const client of ['openssh', 'ssh2'] as const) {
  describeWith(SSH_SERVERS, `connections by ${client}`, servers => {
    /** An agent whose user has connections to the servers of the bed. */
    async function serve() {
      const served = await serveConnections({ HEPBATCH_SSH_CONFIG: servers.sshConfig });
      open.push(served.agent);
      const profiles = ['a', 'a-via-c2', 'b2', 'e'].flatMap(id =>
        ['', '-dask'].map(more => ({
          id: id + more,
          title: id,
          backend: more === '' ? 'vanilla-htcondor' : 'dask-local',
          host: { kind: 'ssh', destination: `hep-${id}`, client }
        }))
      );
      const file = join(served.home, '.jupyter/hepbatch/connections/user.json');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify({ version: 1, profiles }));
      const states: string[] = [];
      const last = new Map<string, Connection>();
      served.events.subscribe(null, event => {
        if (event.topic === 'connection') {
          const { connection } = event;
          last.set(connection.profile.id, connection);
          states.push(`${connection.profile.id} ${connection.state}`);
        }
        return true;
      });
      const is = (id: string, state: Connection['state']) =>
        until(() => last.get(id)?.state === state);
      const { call } = served;
      const begin = (id: string) => call(connections.open, { id });
      const host = (id: string) => served.connections.host(id);
      return { ...served, states, last, is, begin, host };
    }

    it('opens with a password and a code; a wrong one is asked again', async () => {
      const { call, begin, is, last, states } = await serve();
      await begin('b2');
      const first = await answerNext(call, 'wrong');
      expect(first).toMatchObject({ connection: 'b2', kind: 'secret', again: false });
      expect(first.text).toMatch(/Password: $/);
      const second = await answerNext(call, servers.password);
      expect(second.again).toBe(true);
      await expect(call(prompts.answer, { id: second.id, answer: 'x' })).rejects.toMatchObject({
        code: 'conflict'
      });
      expect((await answerNext(call, oneTimeCode(servers))).text).toMatch(/2nd factor/);
      await is('b2', 'open');
      await is('b2-dask', 'open'); // one line for both
      await until(() => (last.get('b2')?.details ?? null) !== null);
      expect(last.get('b2')?.details).toMatchObject({
        user: servers.user,
        client,
        home: { state: 'found' },
        roundTripMs: expect.any(Number) as number
      });
      const run = states.filter(state => state.startsWith('b2 '));
      expect([...new Set(run)]).toEqual(['b2 opening', 'b2 asking', 'b2 open']);
      await call(connections.close, { id: 'b2-dask' });
      expect(last.get('b2')).toMatchObject({ state: 'closed', failure: null, details: null });
    });

    it('is closed by cancelling, and has failed after the last wrong answer', async () => {
      const { call, begin, is, last } = await serve();
      await begin('e');
      await answerNext(call, null);
      await is('e', 'closed');
      expect(last.get('e')?.failure).toBeNull();
      await begin('e');
      for (let i = 0; i < 3; i++) {
        await answerNext(call, 'wrong');
      }
      await is('e', 'failed');
      expect(last.get('e')?.failure).toMatchObject({ code: 'denied' });
    });

    it('is lost when the session dies, and comes back by itself where nothing is asked', async () => {
      const { begin, is, last, host } = await serve();
      await begin('a');
      await is('a', 'open');
      const before = await host('a');
      // It goes on there when the line is lost, so it is a short one.
      const running = await before.start(['sleep', '20'], {});
      running.stdout.resume();
      running.stderr.resume();
      await killSession(before);
      await is('a', 'lost');
      expect(await running.ended).toMatchObject({ end: 'unknown' });
      const lost = last.get('a');
      expect(lost).toMatchObject({ failure: { code: 'connection-lost' }, paused: false });
      expect(Date.parse(lost?.nextTryAt ?? '')).toBeGreaterThan(Date.now() - 1000);
      await expect(host('a')).rejects.toMatchObject({ code: 'connection-lost' });
      await is('a', 'open');
      expect(await host('a')).not.toBe(before);
    });

    it('waits for the user where something would be asked, and goes on by a click', async () => {
      const { call, begin, is, last, host } = await serve();
      await begin('e');
      await answerNext(call, servers.password);
      await is('e', 'open');
      await until(() => (last.get('e')?.details ?? null) !== null);
      await killSession(await host('e'));
      await until(() => last.get('e')?.paused === true);
      expect(last.get('e')).toMatchObject({
        state: 'lost',
        nextTryAt: null,
        details: { user: servers.user } // as last seen
      });
      expect((await call(prompts.list, undefined)).prompts).toEqual([]);
      await begin('e');
      await answerNext(call, servers.password);
      await is('e', 'open');
    });

    it('passes a jump host that asks', async () => {
      const { call, begin, is } = await serve();
      await begin('a-via-c2');
      expect((await answerNext(call, servers.password)).text).toMatch(/Password: $/);
      expect((await answerNext(call, oneTimeCode(servers))).text).toMatch(/2nd factor/);
      await is('a-via-c2', 'open');
    });

    it('tries a profile: connects, logs in, looks, and closes', async () => {
      const { call, events, last } = await serve();
      const { profile } = await call(connections.read, { id: 'e' });
      const seen: string[] = [];
      events.subscribe(null, event => {
        if (event.topic === 'connection-test') {
          const running = event.test.steps.find(({ state }) => state === 'running');
          seen.push(running?.name ?? event.test.state);
        }
        return true;
      });
      const { id } = await call(connections.test, { profile });
      await answerNext(call, servers.password);
      await until(() => seen.at(-1) !== undefined && !isStep(seen.at(-1) ?? ''));
      const test = await call(connections.readTest, { id });
      const steps = test.steps.map(({ name, state }) => `${name} ${state}`);
      expect(steps.slice(0, 3)).toEqual(['configuration ok', 'connect ok', 'log-in ok']);
      expect(test.steps[0]?.words).toMatch(`${client}: `);
      expect(seen).toContain('log-in');
      expect(last.get('e')).toBeUndefined();
      const again = await call(connections.test, { profile });
      await answerNext(call, null);
      await until(() => seen.at(-1) === 'cancelled');
      expect(await call(connections.readTest, { id: again.id })).toMatchObject({
        state: 'cancelled',
        failure: null
      });
      const third = await call(connections.test, { profile });
      expect(await call(connections.cancelTest, { id: third.id })).toMatchObject({
        state: 'cancelled'
      });
      expect((await call(prompts.list, undefined)).prompts).toEqual([]);
    });
  });
}

const isStep = (word: string) =>
  [
    'configuration',
    'connect',
    'log-in',
    'scheduler',
    'python',
    'folders',
    'credentials',
    'running'
  ].includes(word);

describeWith(SSH_SERVERS, 'a connection with a Kerberos ticket', servers => {
  it('opens without a question, by OpenSSH, and says why', async () => {
    const cache = `FILE:${await mkdtemp(join(tmpdir(), 'krb-'))}/cache`;
    const env = { KRB5_CONFIG: servers.krb5Config, KRB5CCNAME: cache };
    const argv = [servers.principal];
    execFileSync('kinit', argv, { env: { ...process.env, ...env }, input: servers.password });
    const config = { HEPBATCH_SSH_CONFIG: servers.sshConfig };
    const { agent, call, events } = await serveConnections({ ...env, ...config });
    open.push(agent);
    const seen: string[] = [];
    events.subscribe(null, event => {
      seen.push(event.topic === 'connection' ? event.connection.state : event.topic);
      return true;
    });
    const profile = ConnectionProfile.parse({
      id: 'd',
      title: 'D',
      backend: 'vanilla-lxplus',
      host: { kind: 'ssh', destination: 'hep-d' }
    });
    await call(connections.save, { profile, replaces: null });
    await call(connections.open, { id: 'd' });
    await until(() => seen.includes('open'));
    const { details } = await call(connections.probe, { id: 'd' });
    expect(seen).not.toContain('prompt');
    expect(details).toMatchObject({
      client: 'openssh',
      clientWhy: expect.stringMatching(/Kerberos/) as string,
      ticket: { state: 'found', principal: servers.principal } // it came along
    });
  });
});

/** Kills the server's process of a session, from inside it. */
async function killSession(host: IHost): Promise<void> {
  const up = `
    p=$$
    until grep -q sshd "/proc/$p/comm"; do p=$(sed 's/.*) . //; s/ .*//' "/proc/$p/stat"); done
    kill -9 "$p"`;
  const limits = { signal: new AbortController().signal, timeoutMs: 10_000, maxOutputBytes: 1000 };
  expect(await host.run(['sh', '-c', up], limits)).toMatchObject({ end: 'unknown' });
}
