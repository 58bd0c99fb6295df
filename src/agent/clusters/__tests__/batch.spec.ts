/** Clusters of real batch jobs, through an agent of the user whom HTCondor and Slurm know. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusters } from '../../../contract';
import { describeWith } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR, SLURM } from './bed';
import { until } from './served';
import { daskPython } from '../../__tests__/jobs-python';

/** What one batch system is asked for, and how it holds a job. */
interface ISystem {
  readonly connection: string;
  readonly options: object;
  /** Options of which no job can ever start here. */
  readonly never: object;
  /** What the job script says of a cluster. */
  readonly stamp: RegExp;
  readonly hold: (job: string) => readonly string[];
  readonly held: RegExp;
  readonly pending: RegExp;
}

const BY_HTCONDOR: ISystem = {
  connection: 'dask-htcondor',
  options: { memory: '600MB', disk: '100MB' },
  never: { cores: 64 },
  stamp: /HepbatchCluster = "c-/,
  hold: job => ['condor_hold', '-reason', 'parked', '-subcode', '42', job],
  held: /^parked \(by user /,
  pending: /./
};

const BY_SLURM: ISystem = {
  connection: 'dask-slurm',
  options: { memory: '600MB', partition: 'short', walltime: '00:05:00' },
  never: { walltime: '02:00:00' },
  stamp: /--comment=hepbatch:c-/,
  hold: job => ['scontrol', 'hold', job],
  held: /^JobHeldAdmin/,
  pending: /PartitionTimeLimit/
};

function stories(bin: string, system: ISystem): void {
  const { connection, options } = system;
  const interpreter = { kind: 'python', path: daskPython() } as const;
  let agent: BedAgent;
  beforeAll(async () => {
    agent = await BedAgent.start(bin);
  }, 60_000);
  afterAll(() => agent.end());

  const nothingLeft = (cluster: Parameters<BedAgent['left']>[0]) =>
    vi.waitFor(async () => expect(await agent.left(cluster)).toEqual([]), {
      timeout: 20_000,
      interval: 300
    });

  it.concurrent(
    'starts, computes, scales, adapts, stops, and leaves nothing',
    { timeout: 180_000 },
    async () => {
      const { call } = agent;
      const request = { connection, interpreter, options: { ...options, workers: 2 } };
      const preview = await call(clusters.preview, request);
      expect(preview.script).toMatch(system.stamp);
      const { id } = await call(clusters.start, request);
      const running = await until(call, id, ({ workers }) => workers?.joined === 2, 90);
      expect(running).toMatchObject({
        state: 'running',
        summary: '2 workers',
        why: [],
        losses: { count: 0 }
      });
      expect(await agent.jobs(running)).toHaveLength(2);
      const { workers } = await call(clusters.workers, { id });
      const { jobs } = await call(clusters.jobs, { id, state: 'running' });
      expect(workers.map(({ job }) => job).sort()).toEqual(jobs.map(job => job.id).sort());
      expect(await agent.compute(id, 'who', 4, 1)).toHaveLength(2);

      const more = await call(clusters.scale, { id, workers: 3 });
      expect(more.mode).toEqual({ kind: 'fixed', workers: 3 });
      await until(call, id, ({ workers }) => workers?.joined === 3);
      await call(clusters.scale, { id, workers: 1 });
      await until(call, id, ({ workers }) => workers?.joined === 1);
      await call(clusters.adapt, { id, minimum: 0, maximum: 2, idleSeconds: 1 });
      const idle = await until(call, id, ({ workers }) => workers?.joined === 0);
      expect(idle.why).toEqual([expect.stringMatching(/^No task waits/)]);
      expect(await agent.compute(id, 'who', 1, 0.1)).toHaveLength(1);

      expect(await call(clusters.stop, { id })).toMatchObject({ state: 'stopping' });
      const stopped = await until(call, id, ({ state }) => state === 'stopped');
      expect(stopped).toMatchObject({
        failure: null,
        losses: { count: 0 },
        can: ['remove', 'logs']
      });
      await nothingLeft(stopped);
    }
  );

  it.concurrent(
    'says why jobs wait or are held, and removes them all',
    { timeout: 120_000 },
    async () => {
      const { call } = agent;
      const asked = { ...options, ...system.never, workers: 2 };
      const { id } = await call(clusters.start, { connection, interpreter, options: asked });
      const waiting = await until(call, id, ({ jobs }) => jobs[0]?.count === 2);
      expect(waiting.jobs[0]?.state).toBe('pending');
      expect(waiting.summary).toBe('0 workers, 2 jobs pending');
      const [first = ''] = await agent.jobs(waiting);
      await agent.say(...system.hold(first));
      // Somebody who changes something makes it look again at once.
      await call(clusters.scale, { id, workers: 2 });
      const held = await until(call, id, ({ jobs }) => jobs.some(({ state }) => state === 'held'));
      expect(held.jobs.map(({ state, count }) => [state, count])).toEqual([
        ['pending', 1],
        ['held', 1]
      ]);
      expect(held.jobs[0]?.reason ?? 'not told').toMatch(system.pending);
      expect(held.jobs[1]?.reason).toMatch(system.held);
      expect(held.summary).toMatch(/^0 workers, 1 job pending, 1 held: /);
      expect(held.why.join('\n')).toMatch(/1 job is held: .*\n?/);
      await call(clusters.stop, { id });
      await nothingLeft(await until(call, id, ({ state }) => state === 'stopped'));
    }
  );

  it.concurrent('tells of a worker that used too much memory', { timeout: 120_000 }, async () => {
    const { call } = agent;
    const { id } = await call(clusters.start, {
      connection,
      interpreter,
      options: { ...options, workers: 1 }
    });
    await until(call, id, ({ workers }) => workers?.joined === 1);
    const computing = agent.compute(id, 'eat', 700, 60).catch(() => null);
    const lost = await until(call, id, ({ losses }) => losses.newest?.isComplete === true);
    expect(lost.losses.newest).toMatchObject({ cause: 'memory' });
    // Those that came after it may have died, too, before we looked.
    expect(lost.losses.newest?.deaths).toBeGreaterThan(0);
    const { losses } = await call(clusters.losses, { id });
    const [loss] = losses;
    expect(loss?.tasks[0]).toMatchObject({ prefix: 'eat' });
    expect((loss?.memory.limitBytes ?? 0) / 600e6).toBeCloseTo(1, 3); // rounded to MiB by Dask
    expect(loss?.evidence[0]).toBeTruthy();
    expect(loss?.advice.map(({ kind }) => kind)).toEqual(['run-iteratively', 'raise-memory']);
    expect(loss?.advice[0]).toMatchObject({
      code: expect.stringContaining('--executor iterative') as string
    });
    await call(clusters.stop, { id });
    await nothingLeft(await until(call, id, ({ state }) => state === 'stopped'));
    await computing;
  });
}

describeWith(HTCONDOR, 'with HTCondor', ({ bin }) => stories(bin, BY_HTCONDOR));

describeWith(SLURM, 'with Slurm', ({ variants }) =>
  stories(variants['24.11-acct']?.bin ?? '', BY_SLURM)
);
