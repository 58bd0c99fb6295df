import * as z from 'zod';
import { CLUSTER_OPTIONS } from './cluster-options';
import {
  account,
  cores,
  disk,
  flavour,
  image,
  memory,
  partition,
  python,
  walltime,
  workFolder
} from './form-fields';

export { FLAVOURS } from './form-fields';

/** Every way of running work, in the order they are offered. */
export const BACKENDS = [
  'dask-local',
  'dask-htcondor',
  'dask-lxplus',
  'dask-slurm',
  'vanilla-local',
  'vanilla-htcondor',
  'vanilla-lxplus',
  'vanilla-slurm'
] as const;

/** One way of running work: Dask workers or plain jobs, and the batch system beneath. */
export const Backend = z.enum(BACKENDS);
export type Backend = z.infer<typeof Backend>;

/** What a connection of each backend sets as defaults of its forms; a backend has no other fields. */
export const DEFAULTS = {
  'dask-local': z.strictObject({ ...CLUSTER_OPTIONS['dask-local'].shape, python }),
  'dask-htcondor': z.strictObject({ ...CLUSTER_OPTIONS['dask-htcondor'].shape, python }),
  'dask-lxplus': z.strictObject({ ...CLUSTER_OPTIONS['dask-lxplus'].shape, python }),
  'dask-slurm': z.strictObject({ ...CLUSTER_OPTIONS['dask-slurm'].shape, python }),
  'vanilla-local': z.strictObject({ cores, memory, python, workFolder }),
  'vanilla-htcondor': z.strictObject({ cores, memory, disk, image, python, workFolder }),
  'vanilla-lxplus': z.strictObject({ flavour, cores, memory, disk, image, python, workFolder }),
  'vanilla-slurm': z.strictObject({
    partition,
    account,
    walltime,
    cores,
    memory,
    python,
    workFolder
  })
} as const satisfies Record<Backend, z.ZodObject>;

/** The program that shows that a backend can be used on a host; null: any host will do. */
export const SUBMIT_PROGRAM: Readonly<Record<Backend, string | null>> = {
  'dask-local': null,
  'dask-htcondor': 'condor_submit',
  'dask-lxplus': 'condor_submit',
  'dask-slurm': 'sbatch',
  'vanilla-local': null,
  'vanilla-htcondor': 'condor_submit',
  'vanilla-lxplus': 'condor_submit',
  'vanilla-slurm': 'sbatch'
};
