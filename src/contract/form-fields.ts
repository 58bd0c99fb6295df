import * as z from 'zod';

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

/** How many cores a job or worker gets. */
export const cores = z.int().min(1).max(1024).optional().meta({
  title: 'Cores',
  description: 'For each job or worker'
});

/** A size of memory. */
export const memory = z
  .string()
  .regex(/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i, 'is no size such as 4GB or 8000MB')
  .optional()
  .meta({ title: 'Memory', description: 'For each job or worker, such as 4GB or 8000MB' });

/** A size of disk. */
export const disk = z
  .string()
  .regex(/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i, 'is no size such as 10GB')
  .optional()
  .meta({ title: 'Disk', description: 'For each job or worker, such as 10GB' });

/** One of the flavours, by its name. */
export const flavour = z
  .enum(Object.keys(FLAVOURS) as [keyof typeof FLAVOURS])
  .optional()
  .meta({
    title: 'Job flavour',
    description:
      'espresso 20 min, microcentury 1 h, longlunch 2 h, workday 8 h, tomorrow 1 d, testmatch 3 d, nextweek 1 w'
  });

/** How long a job may run. */
export const walltime = z
  .string()
  .regex(/^(\d+-)?\d{1,3}:\d{2}:\d{2}$/, 'is no time such as 08:00:00 or 2-00:00:00')
  .optional()
  .meta({ title: 'Wall time', description: 'Hours:minutes:seconds, such as 08:00:00' });

const line = z.string().regex(/^.+$/, 'is no line of text');

/** A partition of Slurm. */
export const partition = line.optional().meta({ title: 'Partition' });

/** An account of Slurm. */
export const account = line.optional().meta({ title: 'Account' });

/** A container image. */
export const image = z
  .string()
  .regex(/^[^\s"]+$/, 'is no image')
  .optional()
  .meta({
    title: 'Container image',
    description: 'Path or address of the image that workers or jobs run in'
  });

/** The Python of the analysis on a host. */
export const python = z.string().min(1).optional().meta({
  title: 'Python',
  description: 'Interpreter of the analysis on that host; left empty: the python3 found there'
});

/** Where job files and logs lie on a host. */
export const workFolder = z.string().min(1).optional().meta({
  title: 'Working folder',
  description: 'Where job files and logs are written on that host'
});
