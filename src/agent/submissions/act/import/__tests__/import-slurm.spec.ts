/** Folders of the upstream submitter for Slurm, submitted to a real one and taken up. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { BedHost, SLURM, bedFolder, removeBedFolders, until } from '../../../__tests__/bed-host';
import { Slurm } from '../../../schedulers/slurm/slurm';
import { watchOn } from '../../../watch/__tests__/watched';
import { importFolder } from '../import-folder';
import { forSlurm } from './upstream-files';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;
const token = '00000000-0000-4000-8000-000000000001';

describeWith(SLURM, 'folders of the upstream submitter for Slurm', ({ user, variants }) => {
  describe.each(Object.entries(variants))('%s', (_, { bin }) => {
    const host = new BedHost({ bin, user });
    const slurm = new Slurm(host);
    const made: string[] = [];
    let base: string;

    beforeAll(async () => {
      base = bedFolder();
      const script = '#!/bin/sh\necho "it ran $2"\n';
      await host.write(`${base}/run_analysis.py`, script, { mode: 0o755 });
    });

    afterAll(async () => {
      for (const id of made) {
        await slurm.remove({ cluster: { schedd: null, id }, procs: null }, signal); // ours only
      }
      removeBedFolders();
    });

    const run = (argv: readonly string[], cwd = base) =>
      host.run(argv, { cwd, signal, timeoutMs: 60_000, maxOutputBytes: 100_000 });

    it('is recognised while it waits and when it ran, and watched to its end', async () => {
      const folder = `${base}/.higgs_dna_vanilla_slurm/my_20250522_175343`;
      const files = ['/data/x/nano_1.root', '/data/x/nano_2.root'];
      const program = `${base}/run_analysis.py`;
      await run(['mkdir', '-p', `${folder}/inputs`, `${folder}/jobs`]);
      for (const [path, text] of forSlurm({ folder, dataset: 'GJet', files, program })) {
        await host.write(path, text, { mode: 0o775 });
      }
      const said = await run(['sbatch', '--hold', `${folder}/jobs/AN-GJet.sh`]);
      const id = /job (\d+)/.exec(said.stdout)?.[1] ?? '';
      made.push(id);
      const waiting = await importFolder(host, slurm, { folder, token }, signal);
      expect(waiting.sent[0]?.cluster).toEqual({ schedd: null, id });
      await run(['scontrol', 'release', id]);
      const { watch, remove } = watchOn(host, slurm);
      const told = await until(
        async () => {
          await watch.look(waiting, signal, { queue: 'now' });
          return watch.summary(waiting);
        },
        ({ isDone }) => isDone
      );
      remove();
      expect(told).toMatchObject({ counts: { succeeded: 2 }, blind: null });
      const ended = await importFolder(host, slurm, { folder, token }, signal);
      expect(ended.sent[0]?.cluster).toEqual({ schedd: null, id });
      expect(ended.plan.counts).toEqual({ datasets: 1, files: 2, jobs: 2, clusters: 1 });
    });
  });
});
