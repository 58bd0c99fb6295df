/** Clusters whose workers are jobs of the real HTCondor and Slurm, from the command line. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { asBedUser, describeWith } from '../../agent/__tests__/test-bed';
import { ClustersUser } from './clusters-user';
import { daskPython } from '../../agent/__tests__/jobs-python';
import { bundleCli } from './program';

let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

const users: ClustersUser[] = [];
afterEach(async () => {
  for (const user of users.splice(0)) {
    await user.end();
    await rm(user.home, { recursive: true, force: true });
  }
});

/** From the script that is shown to a queue that is empty again. */
async function live(options: {
  connection: string;
  size: string[];
  env?: Record<string, string>;
  /** What the queue has of a cluster. */
  queued: (id: string) => Promise<string>;
}) {
  const { connection, size, env, queued } = options;
  const user = await ClustersUser.ofBed(program, env);
  users.push(user);
  const begin = (name: string, ...more: string[]) =>
    user.run('start', connection, '--name', name, '--python', daskPython(), ...size, ...more);
  const preview = await begin('mine', '--dry-run');
  expect(preview).toMatchObject({ code: 0, err: '' });
  expect(preview.out).toContain('distributed.cli.dask_worker tls://');

  const started = await begin('mine', '--workers', '2');
  expect(started).toMatchObject({ code: 0 });
  expect(started.out).toMatch(/^mine is running at tls:/);
  const { id } = await user.until('mine', ({ workers }) => workers?.joined === 2);
  expect((await user.run()).out).toMatch(/^mine +\S+ +running +2 workers +2 workers/m);
  const logs = await user.run('logs', 'mine');
  expect(logs.out).toMatch(/worker \S+, job \d+/);
  expect(await user.run('scale', 'mine', '1')).toMatchObject({ code: 0, out: 'mine: 1 worker\n' });
  await user.until('mine', ({ workers }) => workers?.joined === 1);
  expect(await queued(id)).not.toBe('');
  expect(await user.run('stop', 'mine')).toMatchObject({ code: 0, out: 'mine is stopped\n' });
  expect(await queued(id)).toBe('');
  await user.untilNothingIsLeft();
  return { user, begin };
}

const HTCONDOR = { name: 'htcondor', told: z.looseObject({}) };

describeWith(HTCONDOR, 'with HTCondor', () => {
  it('lives and ends, and says why nothing runs', { timeout: 240_000 }, async () => {
    const jobs = async (id: string) => {
      const ours = `HepbatchCluster == "${id}"`;
      return (await asBedUser(['condor_q', '-constraint', ours, '-af', 'ClusterId'])).stdout.trim();
    };
    const size = ['--memory', '600MB', '--disk', '100MB'];
    const { user, begin } = await live({ connection: 'dask-htcondor', size, queued: jobs });
    expect((await begin('never', '--cores', '64', '--workers', '1')).code).toBe(0);
    const { id } = await user.until(
      'never',
      ({ jobs, why }) => jobs.some(({ state }) => state === 'pending') && why.length > 0
    );
    const shown = await user.run('show', 'never');
    expect(shown.out).toMatch(/^workers +0 of 1$/m);
    expect((await user.run()).out).toMatch(/never .*1 job pending/);
    expect((await user.run('stop', 'never')).code).toBe(0);
    expect(await jobs(id)).toBe('');
  });
});

const SLURM = {
  name: 'slurm',
  told: z.looseObject({ variants: z.record(z.string(), z.looseObject({ bin: z.string() })) })
};

describeWith(SLURM, 'with Slurm', ({ variants }) => {
  const env = { PATH: `${variants['24.11-acct']?.bin ?? ''}:/usr/bin:/bin` };
  it('lives and ends', { timeout: 240_000 }, async () => {
    const jobs = async (id: string) => {
      const { stdout } = await asBedUser(['squeue', '--noheader', '--format=%i %k'], { env });
      return stdout
        .split('\n')
        .filter(row => row.endsWith(`hepbatch:${id}`))
        .join('\n');
    };
    const size = ['--memory', '600MB', '--partition', 'short', '--walltime', '00:05:00'];
    await live({ connection: 'dask-slurm', size, env, queued: jobs });
  });
});
