/** The files that users read and may submit by hand, as they are: a change of them is seen here. */
import { expect, it } from 'vitest';
import { plan, textOf } from './planned';

const options = { queue: 'espresso', memory: '2GB', cores: 2, disk: '10GB' } as const;

it('has the submit file of a cluster per sample', async () => {
  const made = plan({ backend: 'vanilla-lxplus', options: { ...options, maxIdle: 1000 } });
  await expect(textOf(made, '/AN-GJet.sub')).toMatchFileSnapshot('golden/AN-GJet.sub');
  await expect(textOf(made, '/AN-GJet.sh')).toMatchFileSnapshot('golden/AN-GJet.sh');
});

it('has the submit file of a cluster per job', async () => {
  const made = plan({
    backend: 'vanilla-lxplus',
    request: { clusterPerSample: false },
    options: { ...options, setup: ['source /cvmfs/env/setup.sh'], pythonPath: ['/data/me/src'] }
  });
  await expect(textOf(made, '/AN-GJet-2.sub')).toMatchFileSnapshot('golden/AN-GJet-2.sub');
  await expect(textOf(made, '/AN-GJet.sh')).toMatchFileSnapshot('golden/AN-GJet-per-job.sh');
});

it('has the script of an array and of a job of Slurm', async () => {
  const slurm = { queue: 'standard', memory: 4000, walltime: '02:00:00' };
  const array = plan({ backend: 'vanilla-slurm', options: slurm });
  await expect(textOf(array, '/AN-GJet.sh')).toMatchFileSnapshot('golden/slurm-array.sh');
  const jobs = plan({
    backend: 'vanilla-slurm',
    options: slurm,
    request: { clusterPerSample: false }
  });
  await expect(textOf(jobs, '/AN-GJet-2.sh')).toMatchFileSnapshot('golden/slurm-job.sh');
});

it('has the script of local jobs, and what they read', async () => {
  const made = plan({ backend: 'vanilla-local' });
  await expect(textOf(made, '/AN-GJet.sh')).toMatchFileSnapshot('golden/local.sh');
  await expect(textOf(made, '/inputs/GJet-1.json')).toMatchFileSnapshot('golden/GJet-1.json.txt');
  await expect(textOf(made, '/AN-GJet-1.json')).toMatchFileSnapshot('golden/AN-GJet-1.json.txt');
});
