import * as z from 'zod';

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

/** The job flavours of CERN's HTCondor and their wall time in seconds (CERN batch documentation). */
export const FLAVOURS = {
  espresso: 1_200,
  microcentury: 3_600,
  longlunch: 7_200,
  workday: 28_800,
  tomorrow: 86_400,
  testmatch: 259_200,
  nextweek: 604_800
} as const;

const cores = z.int().min(1).max(1024).optional().meta({
  title: 'Cores',
  description: 'For each job or worker'
});
const memory = z
  .string()
  .regex(/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i, 'is no size such as 4GB or 8000MB')
  .optional()
  .meta({ title: 'Memory', description: 'For each job or worker, such as 4GB or 8000MB' });
const disk = z
  .string()
  .regex(/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i, 'is no size such as 10GB')
  .optional()
  .meta({ title: 'Disk', description: 'For each job or worker, such as 10GB' });
const flavour = z
  .enum(Object.keys(FLAVOURS) as [keyof typeof FLAVOURS])
  .optional()
  .meta({
    title: 'Job flavour',
    description:
      'espresso 20 min, microcentury 1 h, longlunch 2 h, workday 8 h, tomorrow 1 d, testmatch 3 d, nextweek 1 w'
  });
const walltime = z
  .string()
  .regex(/^(\d+-)?\d{1,3}:\d{2}:\d{2}$/, 'is no time such as 08:00:00 or 2-00:00:00')
  .optional()
  .meta({ title: 'Wall time', description: 'Hours:minutes:seconds, such as 08:00:00' });
const partition = z.string().min(1).optional().meta({ title: 'Partition' });
const account = z.string().min(1).optional().meta({ title: 'Account' });
const image = z.string().min(1).optional().meta({
  title: 'Container image',
  description: 'Path or address of the image that workers or jobs run in'
});
const python = z.string().min(1).optional().meta({
  title: 'Python',
  description: 'Interpreter of the analysis on that host; left empty: the python3 found there'
});
const workFolder = z.string().min(1).optional().meta({
  title: 'Working folder',
  description: 'Where job files and logs are written on that host'
});
const workers = z.int().min(1).max(10_000).optional().meta({
  title: 'Workers',
  description: 'How many a new cluster asks for'
});

/** What a connection of each backend sets as defaults of its forms; a backend has no other fields. */
export const DEFAULTS = {
  'dask-local': z.strictObject({ workers, cores, memory, python }),
  'dask-htcondor': z.strictObject({ workers, cores, memory, disk, python, workFolder }),
  'dask-lxplus': z.strictObject({
    workers,
    flavour,
    cores,
    memory,
    disk,
    image,
    python,
    workFolder
  }),
  'dask-slurm': z.strictObject({
    workers,
    partition,
    account,
    walltime,
    cores,
    memory,
    python,
    workFolder
  }),
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
