/** A submission on another host, through a real SSH server: its line is lost in the middle. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionProfile, connections, submissions } from '../../../contract';
import { asBedUser, describeWith } from '../../__tests__/test-bed';
import { SSH } from '../../connections/hosts/__tests__/ssh-bed';
import { PROGRAM, User, requestOf, until } from './user';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

const away = ConnectionProfile.parse({
  id: 'away',
  title: 'The other host',
  backend: 'vanilla-htcondor',
  host: { kind: 'ssh', destination: 'hep-a' },
  defaults: { memory: '100MB', disk: '10MB', python: '/usr/bin/python3' }
});

async function say(...argv: string[]): Promise<string> {
  const ran = await asBedUser(argv);
  if (ran.end !== 'exited' || ran.code !== 0) {
    throw new Error(`${argv.join(' ')}: ${ran.stderr}`);
  }
  return ran.stdout.trim();
}

describeWith(SSH, 'submissions by SSH', ({ sshConfig }) => {
  it('goes on where its line was lost, and runs each file once', { timeout: 180_000 }, async () => {
    const user = await User.new();
    ends.push(() => user.remove());
    const { agent, call } = await user.serve({ HEPBATCH_SSH_CONFIG: sshConfig });
    ends.push(() => agent.close());
    await call(connections.save, { profile: away });
    const open = async () => {
      await call(connections.open, { id: 'away' });
      await vi.waitFor(async () => {
        expect((await call(connections.read, { id: 'away' })).state).toBe('open');
      }, 30_000);
    };
    await open();
    const there = await say('mktemp', '-d', '/tmp/hepbatch-sub-XXXXXX');
    ends.push(() => say('rm', '-rf', there));
    const write = `mkdir out data; printf %s "$1" > program.py; touch data/a.root data/b.root data/c.root`;
    await say('env', '-C', there, 'sh', '-c', write, 'sh', PROGRAM);
    const samples = { A: ['a', 'b', 'c'].map(name => `${there}/data/${name}.root`) };
    const token = randomUUID();
    const request = { ...requestOf(there, samples), connection: 'away', clusterPerSample: false };
    await call(submissions.submit, { token, request });
    await call(connections.close, { id: 'away' });
    const cut = await call(submissions.read, { token });
    expect(cut.state).not.toBe('done');
    expect(cut.blind ?? cut.failure).not.toBeNull();
    await open();
    const done = await until(call, token, ({ state }) => state === 'done', 120);
    expect(done.counts).toEqual({ succeeded: 3 });
    expect(await say('sh', '-c', 'cat "$1"/out/*.ran', 'sh', there)).toBe('once\nonce\nonce');
    const log = await call(submissions.readLog, {
      ...{ token, cluster: (await call(submissions.jobs, { token })).jobs[0]?.cluster ?? '' },
      ...{ proc: 0, stream: 'events' }
    });
    expect(log.text).toContain('Job terminated');
    const { reproduce } = await call(submissions.input, {
      ...{ token, cluster: (await call(submissions.jobs, { token })).jobs[0]?.cluster ?? '' },
      proc: 0
    });
    expect(reproduce).toContain(there);
  });
});
