import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { BedHost, SLURM, bedFolder, removeBedFolders, until } from '../../../__tests__/bed-host';
import { planned } from '../../../__tests__/planned';
import type { IClusterId } from '../../scheduler';
import { Slurm } from '../slurm';

// Real schedulers take their time on a loaded machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const signal = new AbortController().signal;

describeWith(SLURM, 'Slurm', ({ user, variants }) => {
  describe.each(Object.entries(variants))('%s', (variant, { bin, conf, version }) => {
    const host = new BedHost({ bin, user });
    const slurm = new Slurm(host);
    const hasDatabase = variant.includes('acct');
    let folder: string;
    const made: IClusterId[] = [];
    beforeAll(() => {
      folder = bedFolder();
    });
    afterAll(async () => {
      for (const cluster of made) {
        await slurm.remove({ cluster, procs: null }, signal); // the bed is shared: ours only
      }
      removeBedFolders();
    });

    const submit = async (
      name: string,
      body: string,
      { jobs = 1, head = [] as string[], token = randomUUID().toLowerCase() } = {}
    ) => {
      const comment = `#SBATCH --comment=hepbatch:${token}:${name}`;
      const lines = ['#!/bin/bash', comment, `#SBATCH --job-name=${name}`, '#SBATCH --mem=50M'];
      const array = jobs > 1 ? [`#SBATCH --array=0-${jobs - 1}`] : [];
      const text = [...lines, ...array, ...head.map(word => `#SBATCH ${word}`), body, ''];
      await host.write(`${folder}/${name}.sh`, text.join('\n'), { mode: 0o755 });
      const cluster = planned(folder, name, ['sbatch', '--parsable', `${folder}/${name}.sh`], jobs);
      const outcome = await slurm.submit(cluster, { jobsFolder: folder }, signal);
      if (outcome.end === 'submitted') {
        made.push(outcome.cluster);
      }
      return outcome;
    };
    const taken = async (...args: Parameters<typeof submit>) => {
      const outcome = await submit(...args);
      if (outcome.end !== 'submitted') {
        throw new Error(JSON.stringify(outcome));
      }
      return { cluster: outcome.cluster, jobs: args[2]?.jobs ?? 1 };
    };
    const rowsOf = async (watched: Awaited<ReturnType<typeof taken>>) =>
      (await slurm.jobs([watched], signal))[0] ?? [];

    it('is probed', async () => {
      expect(await slurm.probe(signal)).toMatchObject({
        version,
        features: { history: hasDatabase, maxArraySize: expect.any(Number) as number }
      });
    });

    it('refuses in its own words', async () => {
      expect(await submit('refused', 'true', { head: ['--partition=none'] })).toMatchObject({
        end: 'refused',
        words: expect.stringContaining('Invalid partition name') as string
      });
    });

    it('a controller that is down is unreachable, and an unknown outcome', async () => {
      // The same programs with a configuration whose controller listens nowhere.
      const dead = `${folder}/dead`;
      execFileSync('mkdir', [dead]);
      const text = readFileSync(conf, 'utf8').replace(/^SlurmctldPort=.*$/m, 'SlurmctldPort=1');
      writeFileSync(`${dead}/slurm.conf`, `${text}\nMessageTimeout=2\n`);
      for (const program of ['squeue', 'sbatch', 'sacct', 'scontrol']) {
        const wrapper = readFileSync(`${bin}/${program}`, 'utf8');
        const changed = wrapper.replaceAll(conf, `${dead}/slurm.conf`);
        writeFileSync(`${dead}/${program}`, changed, { mode: 0o755 });
      }
      const away = new Slurm(new BedHost({ bin: dead, user }));
      const wanted = { token: 't', schedd: null, jobsFolder: folder, sinceMs: Date.now() };
      await expect(away.find(wanted, signal)).rejects.toMatchObject({ code: 'unreachable' });
      const watched = { cluster: { schedd: null, id: '1' }, jobs: 1 };
      await expect(away.jobs([watched], signal)).rejects.toMatchObject({ code: 'unreachable' });
      await host.write(`${folder}/down.sh`, '#!/bin/bash\ntrue\n', { mode: 0o755 });
      const cluster = planned(folder, 'down', ['sbatch', '--parsable', `${folder}/down.sh`], 1);
      expect(await away.submit(cluster, { jobsFolder: folder }, signal)).toMatchObject({
        end: 'unknown'
      });
    });

    it('only our jobs are asked for, and a task that was never there is unknown', async () => {
      const one = await taken('mine', 'sleep 100');
      expect((await rowsOf({ ...one, jobs: 2 })).map(({ state }) => state)[1]).toBe('unknown');
      expect(await rowsOf({ cluster: { schedd: null, id: '999999' }, jobs: 1 })).toMatchObject([
        { state: 'unknown' }
      ]);
      expect(await slurm.remove({ cluster: one.cluster, procs: [0] }, signal)).toMatchObject({
        end: 'done'
      });
      await until(
        () => rowsOf(one),
        ([row]) => row?.state === 'removed'
      );
    });

    it('ended tasks have their exit code or signal', async () => {
      const watched = await taken(
        'ends',
        'case $SLURM_ARRAY_TASK_ID in 0) ;; 1) exit 5;; 2) kill -9 $$;; esac',
        {
          jobs: 3
        }
      );
      const isOver = (state: string) => state === 'succeeded' || state === 'failed';
      const rows = await until(
        () => rowsOf(watched),
        now =>
          now.every(
            ({ state, exitCode, exitSignal }) => isOver(state) && (exitCode ?? exitSignal) !== null
          )
      );
      expect(rows.map(({ state, exitCode, exitSignal }) => [state, exitCode, exitSignal])).toEqual([
        ['succeeded', 0, null],
        ['failed', 5, null],
        ['failed', null, 9]
      ]);
    });

    it('tasks are held, changed, released and removed, some of them or all', async () => {
      const watched = await taken('acted', 'sleep 100', { jobs: 4, head: ['--begin=now+1hour'] });
      const { cluster } = watched;
      const some = { cluster, procs: [1, 2] };
      expect(await slurm.hold(some, signal)).toMatchObject({ end: 'done' });
      const states = async () => (await rowsOf(watched)).map(({ state }) => state);
      expect(await states()).toEqual(['pending', 'held', 'held', 'pending']);
      expect(await slurm.edit(some, { memoryMb: 77 }, signal)).toMatchObject({ end: 'done' });
      expect((await rowsOf(watched)).map(row => row.requestedMemoryMb)).toEqual([50, 77, 77, 50]);
      expect(await slurm.release({ cluster, procs: [1] }, signal)).toMatchObject({ end: 'done' });
      expect(await states()).toEqual(['pending', 'pending', 'held', 'pending']);
      expect(await slurm.remove({ cluster, procs: null }, signal)).toMatchObject({ end: 'done' });
    });

    it('a pending task that was cancelled leaves no trace: it is removed or unknown, never done', async () => {
      const watched = await taken('traceless', 'sleep 100', {
        jobs: 3,
        head: ['--begin=now+1hour']
      });
      await slurm.remove({ cluster: watched.cluster, procs: [1] }, signal);
      const rows = await rowsOf(watched);
      expect(['removed', 'unknown']).toContain(rows[1]?.state);
      expect([rows[0]?.state, rows[2]?.state]).toEqual(['pending', 'pending']);
      await slurm.remove({ cluster: watched.cluster, procs: null }, signal);
    });

    it('is found by its token, waiting or ended', async () => {
      const token = randomUUID();
      const waits = await taken('waits', 'true', { jobs: 2, head: ['--hold'], token });
      const ends = await taken('ended', 'true', { token });
      await until(
        () => rowsOf(ends),
        ([row]) => row?.state === 'succeeded'
      );
      const wanted = { token, schedd: null, jobsFolder: folder, sinceMs: Date.now() };
      const { clusters, gaps } = await slurm.find({ ...wanted, jobsFolder: '/none' }, signal);
      expect(gaps).toEqual([]);
      expect([...clusters].sort((a, b) => b.jobs - a.jobs)).toEqual([
        { cluster: waits.cluster, name: 'waits', jobs: 2 },
        { cluster: ends.cluster, name: 'ended', jobs: 1 }
      ]);
      const other = await slurm.find(
        { ...wanted, token: randomUUID(), jobsFolder: '/none' },
        signal
      );
      expect(other).toEqual({ clusters: [], gaps: [] });
      await slurm.remove({ cluster: waits.cluster, procs: null }, signal);
    });
  });
});
