import * as z from 'zod';
import {
  account,
  cores,
  disk,
  flavour,
  image,
  memory,
  partition,
  walltime,
  workFolder
} from './form-fields';

/** Between which numbers of workers Dask itself chooses. */
export const AdaptiveBounds = z
  .strictObject({
    minimum: z.int().min(0).max(10_000).default(0).meta({ title: 'At least' }),
    maximum: z.int().min(1).max(10_000).meta({ title: 'At most' }),
    idleSeconds: z.int().min(1).max(86_400).default(60).meta({
      title: 'Give back after (s)',
      description: 'How long a worker is not needed before it is given back'
    })
  })
  .meta({ title: 'Adaptive', description: 'Workers come and go with the work' });
export type AdaptiveBounds = z.output<typeof AdaptiveBounds>;

const line = z.string().regex(/^[^\p{C}]+$/u, 'is no line of text');
const path = z
  .string()
  .regex(/^[/~][A-Za-z0-9_./+@=-]*$/, 'is no absolute path without blanks and special characters');
const port = z.int().min(1).max(65_535);

/** Above 0, in minutes. */
const minutes = z.number().gt(0).max(525_600);

/**
 * Every field that the form of a new cluster can have; absent: what Dask, the site or the batch
 * system does by itself. Fields marked `advanced` may be folded away.
 */
export const ClusterOptions = z.strictObject({
  workers: z.int().min(0).max(10_000).optional().meta({
    title: 'Workers',
    description: 'How many a new cluster asks for; not together with adaptive'
  }),
  adaptive: AdaptiveBounds.optional(),
  flavour,
  partition,
  account,
  walltime,
  cores,
  memory,
  disk,
  processes: z.int().min(1).max(1024).optional().meta({
    title: 'Processes',
    description: 'Workers that share the cores and the memory of one job',
    advanced: true
  }),
  image,
  runtime: z.enum(['singularity', 'docker', 'none']).optional().meta({
    title: 'Container runtime',
    description: 'What runs the image; none: workers run without one'
  }),
  idleMinutes: minutes.optional().meta({
    title: 'Idle limit (min)',
    description: 'The cluster stops itself when nobody used it for so long'
  }),
  lifetimeMinutes: minutes.optional().meta({
    title: 'Lifetime (min)',
    description: 'The cluster stops itself after so long',
    advanced: true
  }),
  tls: z.boolean().optional().meta({
    title: 'TLS',
    description: 'On by default: without it whoever reaches the port can run programs as you'
  }),
  workFolder,
  logFolder: path.optional().meta({
    title: 'Log folder',
    description: 'Where scheduler, workers and jobs write their logs on that host',
    advanced: true
  }),
  prologue: z
    .array(z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'is no line of text'))
    .max(200)
    .optional()
    .meta({
      title: 'Prologue',
      description: 'Lines of shell that each job runs before its worker',
      advanced: true
    }),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'), z.string())
    .optional()
    .meta({
      title: 'Environment variables',
      description: 'Set for scheduler and workers; no place for passwords',
      advanced: true
    }),
  directives: z
    .record(
      z.string().regex(/^(--|\+)?[A-Za-z][A-Za-z0-9_.-]*$/, 'is no name of a directive'),
      z.string()
    )
    .optional()
    .meta({
      title: 'Extra directives',
      description: 'For the batch system: such as +JobFlavour or MY.Group, for Slurm --constraint',
      advanced: true
    }),
  workerPython: line.optional().meta({
    title: 'Python of the workers',
    description: 'Where it is another one than that of the scheduler, as in a container',
    advanced: true
  }),
  interface: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]+$/, 'is no network interface')
    .optional()
    .meta({
      title: 'Network interface',
      description: 'Of the scheduler, as the nodes reach it',
      advanced: true
    }),
  schedulerPort: z
    .union([port, z.tuple([port, port])])
    .optional()
    .meta({
      title: 'Scheduler port',
      description: 'A port, or the first and the last of a range that is open to the nodes',
      advanced: true
    }),
  dashboardAddress: z
    .string()
    .regex(/^[A-Za-z0-9_.-]*:\d{1,5}$/, 'is no address such as :8787')
    .optional()
    .meta({
      title: 'Dashboard address',
      description: 'Absent: a socket that only you can open, which is what hepbatch needs',
      advanced: true
    })
});
export type ClusterOptions = z.output<typeof ClusterOptions>;

const workers = { workers: true, adaptive: true } as const;
const size = { cores: true, memory: true } as const;
const common = {
  idleMinutes: true,
  lifetimeMinutes: true,
  tls: true,
  workFolder: true,
  logFolder: true,
  environment: true,
  schedulerPort: true,
  dashboardAddress: true
} as const;
const ofJobs = { prologue: true, directives: true, workerPython: true, interface: true } as const;

/** The form of a new cluster of each backend, its fields in the order they are shown. */
export const CLUSTER_OPTIONS = {
  'dask-local': ClusterOptions.pick({ ...workers, ...size, ...common }),
  'dask-htcondor': ClusterOptions.pick({
    ...workers,
    ...size,
    disk: true,
    processes: true,
    ...common,
    ...ofJobs
  }),
  'dask-lxplus': ClusterOptions.pick({
    ...workers,
    flavour: true,
    ...size,
    disk: true,
    image: true,
    runtime: true,
    ...common,
    ...ofJobs
  }),
  'dask-slurm': ClusterOptions.pick({
    ...workers,
    partition: true,
    account: true,
    walltime: true,
    ...size,
    processes: true,
    ...common,
    ...ofJobs
  })
} as const;

/** The backends that have clusters. */
export const ClusterBackend = z.enum(['dask-local', 'dask-htcondor', 'dask-lxplus', 'dask-slurm']);
export type ClusterBackend = z.infer<typeof ClusterBackend>;
