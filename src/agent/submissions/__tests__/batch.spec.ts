/** Submissions to real HTCondor and real Slurm, by the real agent of the user of the test bed. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { submissions } from '../../../contract';
import { describeWith } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR, SLURM } from '../../clusters/__tests__/bed';
import { makeHome } from './bed-home';
import { PROGRAM, requestOf, until } from './user';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

const TIMEOUT = { timeout: 180_000 };

/** An agent whose user has the program and input files of these names. */
async function newAgent(bin: string, names: readonly string[]): Promise<BedAgent> {
  const agent = await BedAgent.start(bin);
  ends.push(() => agent.end());
  await makeHome(agent, PROGRAM, names);
  return agent;
}

const data = (home: string, name: string) => `${home}/data/${name}`;

describeWith(HTCONDOR, 'submissions to HTCondor', ({ bin }) => {
  const options = { memory: '100MB', disk: '10MB', retries: 0 };

  it('runs a cluster for each sample, holds what fails, and retries it', TIMEOUT, async () => {
    const { home, call, say } = bound(await newAgent(bin, ['a1.root', 'a2-bad.root', 'b1.root']));
    const samples = {
      '/A/Run/NANO': [data(home, 'a1.root'), data(home, 'a2-bad.root')],
      B: [data(home, 'b1.root')]
    };
    const token = randomUUID();
    const request = { ...requestOf(home, samples, { options }), connection: 'vanilla-htcondor' };
    await call(submissions.submit, { token, request });
    const ended = await until(
      call,
      token,
      ({ counts }) => counts.succeeded === 2 && counts.held === 1,
      120
    );
    ends.push(() => call(submissions.remove, { token, jobs: { kind: 'all' } }));
    expect(ended).toMatchObject({ state: 'submitted', clusters: { submitted: 2 } });
    expect(ended.groups[0]).toMatchObject({ state: 'held', jobs: 1 });
    expect(ended.groups[0]?.words).toContain('OSError');

    await say('sed', '-i', 's/"bad"/"worse"/', `${home}/program.py`);
    const retried = await call(submissions.retry, { token, child: randomUUID(), memoryMb: 150 });
    expect(retried.outcomes).toMatchObject([{ jobs: 1, end: 'done' }]);
    expect(retried.child).toBeNull();
    const done = await until(call, token, ({ state }) => state === 'done', 120);
    expect(done.counts).toEqual({ succeeded: 3 });
    const audit = await call(submissions.audit, { token });
    expect(audit).toMatchObject({ source: `${home}/out`, logs: done.folder });
  });
});

describeWith(SLURM, 'submissions to Slurm', ({ variants }) => {
  it.each(Object.entries(variants))('runs arrays of %s', TIMEOUT, async (_, { bin }) => {
    const names = ['a1.root', 'a2-bad.root', 'b1.root'];
    const { home, call } = bound(await newAgent(bin, names));
    const samples = {
      A: [data(home, 'a1.root'), data(home, 'a2-bad.root')],
      B: [data(home, 'b1.root')]
    };
    const token = randomUUID();
    const options = { memory: '100MB', walltime: '00:05:00' };
    const request = { ...requestOf(home, samples, { options }), connection: 'vanilla-slurm' };
    await call(submissions.submit, { token, request });
    const done = await until(call, token, ({ state }) => state === 'done', 120);
    expect(done.counts).toEqual({ succeeded: 2, failed: 1 });
    expect(done.groups[0]?.words).toContain('OSError');
  });
});

function bound(agent: BedAgent) {
  return { home: agent.home, call: agent.call, say: agent.say.bind(agent) };
}
