/**
 * Where schedulers answer strangely, on live ones: what they say, and what we make of it. The same answers as they
 * were captured are in `answers.spec.ts` of each; what takes jobs is in `htcondor.spec.ts` (an unknown
 * `retry_request_memory`, spooled jobs that end as removed) and `slurm.spec.ts` (a waiting task that leaves no trace).
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { describeWith } from '../../../__tests__/test-bed';
import { BedHost, HTCONDOR, SLURM, bedFolder, removeBedFolders } from '../../__tests__/bed-host';
import { planned } from '../../__tests__/planned';
import { HTCondor } from '../htcondor/htcondor';
import type { IClusterId } from '../scheduler';
import { Slurm } from '../slurm/slurm';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const signal = new AbortController().signal;
const OPTIONS = { signal, timeoutMs: 60_000, maxOutputBytes: 50_000_000 };

const Queue = z.object({ jobs: z.array(z.object({ job_id: z.int() })) });

describeWith(HTCONDOR, 'HTCondor answers strangely', bed => {
  const host = new BedHost(bed);

  it('no match is zero bytes and exit 0: nothing is known, not nothing is there', async () => {
    const token = randomUUID();
    const constraint = `HepbatchSubmission == "${token}"`;
    const argv = ['condor_q', '-name', bed.schedd, '-json', '-constraint', constraint];
    expect(await host.run(argv, OPTIONS)).toMatchObject({ end: 'exited', code: 0, stdout: '' });
    const condor = new HTCondor(host);
    const wanted = { token, schedd: bed.schedd, jobsFolder: '/none', sinceMs: Date.now() };
    expect(await condor.find(wanted, signal)).toEqual({ clusters: [], gaps: [] });
    const cluster = { schedd: bed.schedd, id: '999999' };
    expect(await condor.jobs([{ cluster, jobs: 1 }], signal)).toMatchObject([
      [{ state: 'unknown' }]
    ]);
  });

  it('removing what is not there ends with 0 where the queue is empty: it is refused all the same', async () => {
    const cluster = { schedd: bed.schedd, id: '999999' };
    const said = await host.run(['condor_rm', '-name', bed.schedd, cluster.id], OPTIONS);
    const code = said.stderr.includes('There are no jobs in the queue') ? 0 : 1;
    expect(said).toMatchObject({ end: 'exited', code });
    expect(await new HTCondor(host).remove({ cluster, procs: null }, signal)).toMatchObject({
      end: 'refused'
    });
  });
});

describeWith(SLURM, 'Slurm answers strangely', ({ user, variants }) => {
  describe.each(Object.entries(variants))('%s', (_variant, { bin, conf, version }) => {
    const isOld = version.startsWith('22.05');
    const host = new BedHost({ bin, user });
    const slurm = new Slurm(host);
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

    async function waiting(name: string): Promise<IClusterId> {
      const path = `${folder}/${name}.sh`;
      const head = `#SBATCH --comment=hepbatch:${name}:${name}\n#SBATCH --hold\n#SBATCH --mem=50M`;
      await host.write(path, `#!/bin/bash\n${head}\ntrue\n`, { mode: 0o755 });
      const argv = ['sbatch', '--parsable', path];
      const outcome = await slurm.submit(
        planned(folder, name, argv, 1),
        { jobsFolder: folder },
        signal
      );
      if (outcome.end !== 'submitted') {
        throw new Error(JSON.stringify(outcome));
      }
      made.push(outcome.cluster);
      return outcome.cluster;
    }

    it('JSON of the queue leaves filters out in 22.05: we ask for other columns', async () => {
      const [one, other] = [await waiting('one'), await waiting('other')];
      const said = await host.run(['squeue', '--json', '-j', one.id], OPTIONS);
      const ids = Queue.parse(JSON.parse(said.stdout)).jobs.map(({ job_id }) => String(job_id));
      expect(ids).toContain(one.id);
      expect(ids.includes(other.id)).toBe(isOld);
      host.asked.length = 0;
      const [rows] = await slurm.jobs([{ cluster: one, jobs: 1 }], signal);
      expect(rows).toMatchObject([{ state: 'held' }]);
      // Which also says what sacct in JSON of 22.05 gets wrong: the exit codes of jobs that failed.
      expect(host.asked.flat().filter(argument => argument.includes('json'))).toEqual([]);
    });

    it('a controller that is down is an empty queue to JSON of 22.05, and to us no answer', async () => {
      const dead = `${folder}/dead`;
      mkdirSync(dead);
      execFileSync('chmod', ['755', folder, dead]);
      const text = readFileSync(conf, 'utf8').replace(/^SlurmctldPort=.*$/m, 'SlurmctldPort=1');
      writeFileSync(`${dead}/slurm.conf`, `${text}\nMessageTimeout=2\n`);
      for (const program of ['squeue', 'sacct', 'scontrol']) {
        const wrapper = readFileSync(`${bin}/${program}`, 'utf8');
        const changed = wrapper.replaceAll(conf, `${dead}/slurm.conf`);
        writeFileSync(`${dead}/${program}`, changed, { mode: 0o755 });
      }
      const away = new BedHost({ bin: dead, user });
      const said = await away.run(['squeue', '--json'], OPTIONS);
      if (isOld) {
        expect(said).toMatchObject({ end: 'exited', code: 0 });
        expect(Queue.parse(JSON.parse(said.stdout)).jobs).toEqual([]);
      }
      const watched = { cluster: { schedd: null, id: '1' }, jobs: 1 };
      await expect(new Slurm(away).jobs([watched], signal)).rejects.toMatchObject({
        code: 'unreachable'
      });
    });
  });
});
