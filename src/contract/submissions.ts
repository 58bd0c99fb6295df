import * as z from 'zod';
import { Backend } from './backends';
import { JobState } from './cluster-parts';
import { ConnectionId } from './connections';
import { post } from './endpoint';
import { Failure } from './errors';
import { Interpreter } from './interpreters';
import { SubmissionOptions } from './submission-options';

/** A JSON file by its path on the host, or what is in it. */
export const JsonSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('path'),
    path: z
      .string()
      .regex(/^(\/|~(\/|$))[^\p{C}]*$/u, 'is no absolute path')
      .meta({ title: 'Path', description: 'Absolute, or ~/..., on the host of the connection' })
  }),
  z.object({
    kind: z.literal('content'),
    name: z
      .string()
      .regex(/^[^/\p{C}]{1,200}$/u, 'is no file name')
      .meta({ title: 'Name', description: 'Such as myanalysis.json' }),
    json: z.json()
  })
]);
export type JsonSource = z.output<typeof JsonSource>;

/** The frameworks, and the folder that each makes its submissions in, without the scheduler's name. */
export const FRAMEWORK_FOLDERS = {
  higgs_dna: '.higgs_dna_vanilla',
  bottom_line: '.bottom_line_vanilla'
} as const;

/** What a submission is to be. */
export const SubmissionRequest = z.object({
  connection: ConnectionId.meta({
    title: 'Connection',
    description: 'One whose backend is vanilla-...'
  }),
  runner: JsonSource.meta({ title: 'Runner JSON', description: 'As --json-analysis' }),
  samples: JsonSource.nullable().default(null).meta({
    title: 'Samples JSON',
    description: 'Null: the one that the runner JSON names'
  }),
  clusterPerSample: z.boolean().default(true).meta({
    title: 'cluster_per_sample',
    description: 'One cluster of jobs for each sample; else one for each job'
  }),
  interpreter: Interpreter.nullable().default(null).meta({
    title: 'Environment',
    description: 'The Python of the jobs; null: that of the connection'
  }),
  program: z.array(z.string().min(1)).min(1).nullable().default(null).meta({
    title: 'Program',
    description: 'Words of the command; null: run_analysis.py beside the Python'
  }),
  arguments: z.array(z.string()).default([]).meta({
    title: 'Arguments',
    description:
      'Of the program, one word each; --json-analysis, --executor and --dump are added to them'
  }),
  framework: z
    .enum(['higgs_dna', 'bottom_line'])
    .default('higgs_dna')
    .meta({ title: 'Framework', description: 'Says how the folder of submissions is called' }),
  folder: z
    .string()
    .regex(/^(\/|~(\/|$))[^\p{C}]*$/u, 'is no absolute path')
    .nullable()
    .default(null)
    .meta({
      title: 'Folder',
      description: 'Where the folder of submissions is made; null: the home folder'
    }),
  options: SubmissionOptions.prefault({})
});
export type SubmissionRequest = z.output<typeof SubmissionRequest>;

/** Something a person should know before anything is written. */
export const SubmissionProblem = z.object({
  level: z.enum(['refused', 'warning']).meta({ description: 'refused: it is not submitted so' }),
  message: z.string(),
  next: z.string()
});
export type SubmissionProblem = z.infer<typeof SubmissionProblem>;

const Counts = z.object({
  datasets: z.int().nonnegative(),
  files: z.int().nonnegative(),
  jobs: z.int().nonnegative(),
  clusters: z.int().nonnegative()
});

/** Every file and every command of a submission, before anything is done. */
export const SubmissionPreview = z.object({
  backend: Backend,
  analysis: z.string(),
  stamp: z.string(),
  folder: z.string().meta({ description: 'Of this submission alone' }),
  folders: z.array(z.string()),
  files: z
    .array(z.object({ path: z.string(), text: z.string(), isProgram: z.boolean() }))
    .meta({ description: 'From `offset`; submit files and scripts come first' }),
  offset: z.int().nonnegative(),
  total: z.int().nonnegative().meta({ description: 'How many files there are' }),
  cwd: z.string().meta({ description: 'Where the commands run' }),
  commands: z.array(
    z.object({
      name: z.string(),
      dataset: z.string(),
      jobs: z.int().positive(),
      argv: z.array(z.string()).meta({ description: 'Local: called for each job, with its number' })
    })
  ),
  problems: z.array(SubmissionProblem),
  counts: Counts
});
export type SubmissionPreview = z.infer<typeof SubmissionPreview>;

/**
 * `unknown`: whether the scheduler has it is not certain; it is asked by the token before anything is
 * sent again. `refused`: the scheduler said no, and has nothing of it.
 */
export const SubmissionState = z.enum([
  'prepared',
  'submitting',
  'submitted',
  'done',
  'unknown',
  'refused'
]);
export type SubmissionState = z.infer<typeof SubmissionState>;

/** What can be done with a submission or its jobs. */
export const SubmissionVerb = z.enum([
  'submit',
  'reconcile',
  'hold',
  'release',
  'remove',
  'retry',
  'fetch',
  'logs'
]);
export type SubmissionVerb = z.infer<typeof SubmissionVerb>;

/** How many jobs there are of each state; absent: none. */
export const JobCounts = z.partialRecord(JobState, z.int().nonnegative());
export type JobCounts = z.infer<typeof JobCounts>;

/** One cluster of HTCondor, or one array or job of Slurm, of a submission. */
export const SubmissionCluster = z.object({
  name: z.string(),
  dataset: z.string(),
  jobs: z.int().positive(),
  state: SubmissionState,
  schedd: z.string().nullable().meta({ description: 'Name of the schedd or of the Slurm cluster' }),
  clusterId: z.string().nullable(),
  failure: Failure.nullable(),
  counts: JobCounts
});
export type SubmissionCluster = z.infer<typeof SubmissionCluster>;

/** A set of jobs from one samples JSON, with one token. */
export const Submission = z.object({
  token: z.uuid(),
  parent: z.uuid().nullable().meta({ description: 'Whose missing files it runs again' }),
  connection: ConnectionId,
  backend: Backend,
  analysis: z.string(),
  folder: z.string(),
  state: SubmissionState,
  can: z.array(SubmissionVerb),
  clusters: z.array(SubmissionCluster),
  counts: JobCounts,
  failure: Failure.nullable(),
  submittedAt: z.iso.datetime().nullable()
});
export type Submission = z.infer<typeof Submission>;

/** One job as last seen. */
export const SubmissionJob = z.object({
  cluster: z.string().meta({ description: 'Name of its cluster in the submission' }),
  proc: z.int().nonnegative(),
  dataset: z.string(),
  state: JobState,
  native: z.string().meta({ description: "The batch system's own word" }),
  reason: z.string().nullable(),
  code: z.int().nullable(),
  subcode: z.int().nullable(),
  exitCode: z.int().nullable(),
  node: z.string().nullable()
});
export type SubmissionJob = z.infer<typeof SubmissionJob>;

export const submissions = {
  /** A dry run: writes and runs nothing. Throws `bad-request` where nothing could be planned. */
  preview: post(
    '/submissions/preview',
    z.object({
      request: SubmissionRequest,
      stamp: z
        .string()
        .regex(/^\d{8}_\d{6}$/, 'is no YYYYmmdd_HHMMSS')
        .nullable()
        .default(null)
        .meta({ description: 'That of the first page, for those after it' }),
      offset: z.int().nonnegative().default(0),
      most: z.int().min(0).max(2000).default(200)
    }),
    SubmissionPreview
  )
};
