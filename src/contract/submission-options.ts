import * as z from 'zod';
import { FLAVOURS, account, cores, disk, image, walltime } from './form-fields';

/** The job flavours with their times, for people: `espresso 20 min, ... nextweek 1 w`. */
export const FLAVOUR_WORDS = Object.entries(FLAVOURS)
  .map(([name, seconds]) => `${name} ${durationWords(seconds)}`)
  .join(', ');

const line = z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'is no line of text');
const path = z
  .string()
  .regex(/^\/[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'is no absolute path')
  .regex(/[^\\]$/, 'ends with a backslash');
const count = z.int().min(1).max(1_000_000);

/** A size of memory as the field writes it; a number alone is in MB, 1 GB has 1024 of them. */
const memory = z
  .union([z.string().regex(/^\d+(\.\d+)?\s?(([KMGT]i?)?B?)$/i, 'is no size such as 4GB'), count])
  .optional()
  .meta({ title: 'Memory', description: 'Of each job: 10GB, 8000MB, or a number of MB' });

/** How the jobs of a submission are to run; absent: the default of the connection, else of the batch system. */
export const SubmissionOptions = z.strictObject({
  queue: line.optional().meta({
    title: 'Queue',
    description: `Job flavour of CERN's HTCondor (${FLAVOUR_WORDS}), partition of Slurm`
  }),
  memory,
  cores,
  disk,
  walltime,
  account,
  image,
  filesPerJob: count.default(1).meta({ title: 'Files per job' }),
  limit: count.optional().meta({
    title: 'Limit',
    description: 'Takes the first files of each dataset only'
  }),
  only: z.array(line).default([]).meta({
    title: 'Only',
    description: 'Datasets, beginnings of datasets such as GJet*, or files; empty: all'
  }),
  maxIdle: count.optional().meta({
    title: 'At most idle',
    description: 'HTCondor makes further jobs when fewer wait; held jobs count as waiting',
    advanced: true
  }),
  maxMaterialize: count.optional().meta({
    title: 'At most in the queue',
    description: 'HTCondor makes further jobs when fewer are in its queue',
    advanced: true
  }),
  retries: z.int().min(0).max(10).default(3).meta({
    title: 'Retries',
    description: 'How often HTCondor runs a failed job again before it holds it'
  }),
  setup: z.array(line).max(200).default([]).meta({
    title: 'Set-up',
    description:
      'Lines of bash before the program, such as source .../setup.sh or conda activate hep',
    advanced: true
  }),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'), z.string())
    .default({})
    .meta({
      title: 'Environment variables',
      description: 'Set for each job, as they stand; no place for passwords',
      advanced: true
    }),
  pythonPath: z.array(path).default([]).meta({
    title: 'Python path',
    description: 'Folders where Python looks first; absolute',
    advanced: true
  }),
  proxy: path.nullable().optional().meta({
    title: 'Proxy',
    description: 'Absolute path of the proxy certificate; absent: the one found there; null: none',
    advanced: true
  }),
  output: line.nullable().default(null).meta({
    title: 'Output folder',
    description: 'As --dump: absolute, or root://...; null: the program is not told any'
  }),
  directives: z
    .record(
      z.string().regex(/^(--|\+|MY\.)?[A-Za-z][A-Za-z0-9_.-]*$/, 'is no name of a directive'),
      // After a backslash at its end, the next line of a submit file would belong to it.
      line.regex(/[^\\]$/, 'ends with a backslash')
    )
    .default({})
    .meta({
      title: 'Directives',
      description:
        'Lines of the submit file, which replace those of that name: such as periodic_release, for Slurm --constraint',
      advanced: true
    })
});
export type SubmissionOptions = z.output<typeof SubmissionOptions>;

function durationWords(seconds: number): string {
  const units = [
    [604_800, 'w'],
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min']
  ] as const;
  const [size, unit] = units.find(([most]) => seconds >= most) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
}
