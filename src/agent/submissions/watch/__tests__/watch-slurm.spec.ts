/** Watching and acting on a real Slurm. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../../../__tests__/test-bed';
import { BedHost, SLURM, bedFolder, removeBedFolders, until } from '../../__tests__/bed-host';
import { planned } from '../../__tests__/planned';
import { act } from '../../act/act';
import { retryHeld } from '../../act/retry';
import { Slurm } from '../../schedulers/slurm/slurm';
import type { IClusterId } from '../../schedulers/scheduler';
import { knownOf, watchOn } from './watched';
import type { ITestWatch } from './watched';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;

describeWith(SLURM, 'watching jobs of Slurm', ({ user, variants }) => {
  describe.each(Object.entries(variants))('%s', (_, { bin }) => {
    const host = new BedHost({ bin, user });
    const slurm = new Slurm(host);
    const made: IClusterId[] = [];
    const watches: ITestWatch[] = [];
    let folder: string;

    beforeAll(() => {
      folder = bedFolder();
    });
    afterEach(() => watches.splice(0).forEach(({ remove }) => remove()));
    afterAll(async () => {
      for (const cluster of made) {
        await slurm.remove({ cluster, procs: null }, signal); // the bed is shared: ours only
      }
      removeBedFolders();
    });

    const submit = async (body: string, jobs: number, head: readonly string[] = []) => {
      const name = `AN-${randomUUID().slice(0, 8)}`;
      const lines = [`--array=0-${jobs - 1}`, '--mem=50M', `--error=${folder}/${name}_%A_%a.err`];
      const text = ['#!/bin/bash', ...[...lines, ...head].map(word => `#SBATCH ${word}`), body, ''];
      await host.write(`${folder}/${name}.sh`, text.join('\n'), { mode: 0o755 });
      const one = {
        ...planned(folder, name, ['sbatch', '--parsable', `${folder}/${name}.sh`], jobs),
        ...{ log: null, error: `${folder}/${name}_%A_%a.err` }
      };
      const outcome = await slurm.submit(one, { jobsFolder: folder }, signal);
      if (outcome.end !== 'submitted') {
        throw new Error(JSON.stringify(outcome));
      }
      made.push(outcome.cluster);
      const known = knownOf(folder, [[one, outcome.cluster]], { scheduler: 'slurm' });
      const watched = watchOn(host, slurm);
      watches.push(watched);
      const look = async () => {
        await watched.watch.look(known, signal, { queue: 'now' });
        return watched.watch.summary(known);
      };
      return { ...watched, known, look, name, id: outcome.cluster.id };
    };

    const run = (...argv: string[]) =>
      host.run(argv, { signal, timeoutMs: 60_000, maxOutputBytes: 10_000 });

    it('groups those that failed by their exception; a task without a trace is unknown', async () => {
      const fails = `python3 -c 'import coffea_of_nobody'`;
      const { look, id, watch } = await submit(`[ $SLURM_ARRAY_TASK_ID = 0 ] || ${fails}`, 3);
      const told = await until(look, ({ isDone, groups }) => isDone && groups.length > 0);
      expect(told).toMatchObject({
        counts: { succeeded: 1, failed: 2 },
        groups: [
          {
            state: 'failed',
            words: "ModuleNotFoundError: No module named 'coffea_of_nobody'",
            jobs: 2
          }
        ]
      });
      expect(watch.jobsAfter(0, 9).jobs.find(({ proc }) => proc === 2)).toMatchObject({
        exitCode: 1
      });
      expect(id).toMatch(/^\d+$/);
    });

    it('a waiting task that somebody else cancelled is unknown, one that we did is removed', async () => {
      const { look, id, watch, known, name } = await submit('sleep 300', 3, ['--hold']);
      const told = await until(look, ({ counts }) => counts.held === 3);
      expect(told.groups).toMatchObject([{ words: 'somebody held it', jobs: 3 }]);
      const one = watch.rowsOf({ kind: 'jobs', jobs: [{ cluster: name, procs: [1] }] });
      const outcomes = await act('remove', known, { scheduler: slurm }, one, signal);
      expect(outcomes).toMatchObject([{ jobs: 1, end: 'done' }]);
      watch.unwanted(one, outcomes);
      await run('scancel', `${id}_2`);
      const after = await until(look, ({ counts }) => counts.held === 1);
      const states = watch.jobsAfter(0, 9).jobs.sort((a, b) => a.proc - b.proc);
      expect(states.map(({ state }) => state)).toEqual(['held', 'removed', expect.any(String)]);
      expect(['unknown', 'removed']).toContain(states[2]?.state); // newer ones keep a trace
      expect(after.isDone).toBe(false);
      const held = watch.rowsOf({ kind: 'states', states: ['held'], dataset: null });
      const change = { memoryMb: 77, walltimeSeconds: 120, excludeNodes: ['node-of-nobody'] };
      const tried = await retryHeld(known, { scheduler: slurm }, held, change, signal);
      // Slurm knows its nodes, and says no to others.
      expect(tried).toMatchObject([{ end: 'refused' }]);
      const { excludeNodes, ...possible } = change;
      expect(excludeNodes).toHaveLength(1);
      expect(await retryHeld(known, { scheduler: slurm }, held, possible, signal)).toMatchObject([
        { end: 'done', jobs: 1 }
      ]);
      const shown = await run('squeue', '-h', '-r', '-t', 'all', '-j', id, '-o', '%K %m %l %T');
      expect(shown.stdout).toMatch(/^0 77M 2:00 (PENDING|RUNNING|CONFIGURING)$/m);
    });
  });
});
