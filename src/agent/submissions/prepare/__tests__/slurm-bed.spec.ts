/** What is written for Slurm, submitted by hand to real ones. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeWith } from '../../../__tests__/test-bed';
import { bed, bedFolder, recorded, until, writeForBed } from './bed';
import { plan, recorder } from './planned';

const SLURM = {
  name: 'slurm',
  told: z.object({
    user: z.string(),
    variants: z.record(z.string(), z.object({ bin: z.string() }))
  })
};
const TIMEOUT = { timeout: 180_000 };

describeWith(SLURM, 'files for Slurm', ({ user, variants }) => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) {
      await rm(folder, { recursive: true });
    }
  });

  describe.each(Object.entries(variants))('%s', (_version, { bin }) => {
    const slurm = (...argv: string[]) => bed('env', `PATH=${bin}:/usr/bin:/bin`, ...argv);
    const submit = async (script: string) => (await slurm('sbatch', '--parsable', script)).trim();
    const untilGone = (id: string) =>
      until(
        () => slurm('squeue', '--noheader', '--format=%i %t', '--states=PD,R,CG,CF'),
        left => !left.split(/\s/).some(job => job === id || job.startsWith(`${id}_`))
      );

    it('runs each task of an array once, and none of a second one', TIMEOUT, async () => {
      const top = await bedFolder();
      folders.push(top);
      const base = join(top, 'a b #c');
      await mkdir(base);
      const word = 'a \'b\' "c" $d *';
      const made = plan({
        backend: 'vanilla-slurm',
        request: { folder: base, program: recorder(base), arguments: ['--x', word] },
        options: { memory: '64MB', walltime: '00:05:00' },
        facts: { home: '/home/somebody' }
      });
      await writeForBed(made, top, user);
      const script = `${made.jobsFolder}/AN-GJet.sh`;
      const id = await submit(script);
      expect(
        await slurm('squeue', '--noheader', '--states=all', '--format=%k', '--jobs', id)
      ).toContain(`hepbatch:${made.token}:AN-GJet`);
      await untilGone(id);
      const calls = await until(
        () => recorded(base),
        all => all.length === 3
      );
      const rest = ['--executor', 'iterative', '--dump', '/out', '--x', word];
      expect(calls).toEqual(
        [0, 1, 2].map(i => ['--json-analysis', `${made.folder}/inputs/AN-GJet-${i}.json`, ...rest])
      );
      expect(await readFile(`${made.jobsFolder}/AN-GJet.cluster`, 'utf8')).toBe(`${id}\n`);
      expect(await readFile(`${made.jobsFolder}/AN-GJet_${id}_2.err`, 'utf8')).toBe('');
      const second = await submit(script);
      await untilGone(second);
      expect(await readFile(`${made.jobsFolder}/AN-GJet_${second}_0.err`, 'utf8')).toContain(
        `this is cluster ${second}, but the jobs are those of cluster ${id}`
      );
      expect(await recorded(base)).toHaveLength(3);
    });

    it('runs with a job of its own for each', TIMEOUT, async () => {
      const base = await bedFolder();
      folders.push(base);
      const made = plan({
        backend: 'vanilla-slurm',
        request: { folder: base, program: recorder(base), clusterPerSample: false },
        options: { memory: '64MB', walltime: '00:05:00' }
      });
      await writeForBed(made, base, user);
      const id = await submit(`${made.jobsFolder}/AN-GJet-2.sh`);
      await untilGone(id);
      expect((await recorded(base)).map(argv => argv[1])).toEqual([
        `${made.folder}/inputs/AN-GJet-2.json`
      ]);
      expect(await readFile(`${made.jobsFolder}/AN-GJet-2.cluster`, 'utf8')).toBe(`${id}\n`);
      expect(await readFile(`${made.jobsFolder}/AN-GJet-2_${id}.err`, 'utf8')).toBe('');
    });
  });
});
