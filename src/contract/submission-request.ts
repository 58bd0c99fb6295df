import * as z from 'zod';
import { Backend } from './backends';
import { ConnectionId } from './connections';
import { Interpreter } from './interpreters';
import { SubmissionOptions } from './submission-options';

/** A path on the host of a connection. */
export const HostPath = z
  .string()
  .regex(/^(\/|~(\/|$))[^\p{C}]*$/u, 'is no absolute path')
  .meta({ title: 'Path', description: 'Absolute, or ~/..., on the host of the connection' });

/** A JSON file by its path on the host, or what is in it. */
export const JsonSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('path'),
    path: HostPath
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
