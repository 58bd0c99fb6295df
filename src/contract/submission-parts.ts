import * as z from 'zod';
import { Backend } from './backends';
import { JobState } from './cluster-parts';
import { ConnectionId } from './connections';
import { Failure } from './errors';

/** Names a submission; whoever asks for one makes it, so that asking twice submits once. */
export const SubmissionToken = z.uuid();

/**
 * `unknown`: whether the scheduler has all of it is not certain; it is asked by the token before anything
 * is sent again. `refused`: the scheduler said no to some of it, and has nothing of that. `done`: no job
 * will change by itself; held ones wait for a person, so they are not done.
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

/** Where a cluster of jobs is on its way to the scheduler. */
export const SendingState = z.enum([
  'prepared',
  'submitting',
  'submitted',
  'refused',
  'unknown',
  'absent'
]);
export type SendingState = z.infer<typeof SendingState>;

/** What can be done with a submission or its jobs. */
export const SubmissionVerb = z.enum([
  'resume',
  'reconcile',
  'hold',
  'release',
  'remove',
  'retry',
  'fetch',
  'audit',
  'forget'
]);
export type SubmissionVerb = z.infer<typeof SubmissionVerb>;

/** How many jobs there are of each state; absent: none. */
export const JobCounts = z.partialRecord(JobState, z.int().nonnegative());
export type JobCounts = z.infer<typeof JobCounts>;

/** The jobs of one dataset. */
export const SubmissionDataset = z.object({
  dataset: z.string(),
  jobs: z.int().nonnegative(),
  files: z.int().nonnegative(),
  counts: JobCounts,
  alike: z.string().nullable().meta({
    description: 'The words of its first 20 jobs that ended, where all of them failed with the same'
  })
});
export type SubmissionDataset = z.infer<typeof SubmissionDataset>;

/** Jobs that wait, are held or failed for one reason, with one of them to look at. */
export const SubmissionGroup = z.object({
  state: JobState,
  words: z
    .string()
    .meta({ description: 'The Python exception first, else the scheduler in words' }),
  advice: z.string().nullable(),
  jobs: z.int().positive(),
  cluster: z.string(),
  proc: z.int().nonnegative()
});
export type SubmissionGroup = z.infer<typeof SubmissionGroup>;

/** A set of jobs from one samples JSON, with one token. */
export const Submission = z.object({
  token: SubmissionToken,
  parent: SubmissionToken.nullable().meta({ description: 'Whose missing files it runs again' }),
  origin: z.enum(['hepbatch', 'imported']).meta({
    description: 'imported: a folder that the submitter of the framework made; it is watched'
  }),
  connection: ConnectionId,
  backend: Backend,
  analysis: z.string(),
  folder: z.string().meta({ description: 'Of this submission alone, on the host' }),
  output: z.string().nullable().meta({ description: 'Where the outputs go, as --dump' }),
  schedd: z.string().nullable().meta({ description: 'Pinned; null where there is but one' }),
  state: SubmissionState,
  can: z.array(SubmissionVerb),
  written: z.object({ done: z.int().nonnegative(), total: z.int().nonnegative() }).meta({
    description: 'Files of the submission on the host'
  }),
  clusters: z.partialRecord(SendingState, z.int().nonnegative()).meta({
    description: 'How many clusters of jobs are in each state; absent: none'
  }),
  jobs: z.int().nonnegative(),
  counts: JobCounts,
  datasets: z.array(SubmissionDataset),
  groups: z.array(SubmissionGroup).meta({ description: 'The largest first, at most 20' }),
  warnings: z.array(z.string()),
  failure: Failure.nullable().meta({ description: 'Why it is not prepared, refused or unknown' }),
  blind: Failure.nullable().meta({
    description: 'Why its jobs cannot be seen right now; what is shown is from seenAt'
  }),
  revision: z.int().nonnegative().meta({ description: 'Grows when a job changes' }),
  createdAt: z.iso.datetime(),
  submittedAt: z.iso.datetime().nullable(),
  seenAt: z.iso.datetime().nullable().meta({ description: 'When logs or queue last answered' }),
  endsAt: z.iso.datetime().nullable().meta({ description: 'Estimate from the jobs so far' }),
  endedAt: z.iso.datetime().nullable()
});
export type Submission = z.output<typeof Submission>;

/** One cluster of HTCondor, or one array or job of Slurm, of a submission. */
export const SubmissionCluster = z.object({
  name: z.string(),
  dataset: z.string(),
  jobs: z.int().positive(),
  state: SendingState,
  clusterId: z.string().nullable(),
  words: z.string().nullable().meta({ description: 'Why it was refused, or is not known' }),
  attempts: z.int().nonnegative()
});
export type SubmissionCluster = z.infer<typeof SubmissionCluster>;

/** One job as last seen; what is not told is null. */
export const SubmissionJob = z.object({
  cluster: z.string().meta({ description: 'Name of its cluster in the submission' }),
  proc: z.int().nonnegative(),
  dataset: z.string(),
  state: JobState,
  native: z.string().meta({ description: "The batch system's own word" }),
  reason: z.string().nullable().default(null).meta({
    description: 'Why it waits, is held or failed, in words'
  }),
  code: z.int().nullable().default(null),
  subcode: z.int().nullable().default(null),
  exitCode: z.int().nullable().default(null),
  exitSignal: z.int().nullable().default(null),
  wallSeconds: z.number().nonnegative().nullable().default(null),
  memoryMb: z.number().nonnegative().nullable().default(null),
  requestedMemoryMb: z.number().nonnegative().nullable().default(null),
  starts: z.int().nonnegative().nullable().default(null),
  node: z.string().nullable().default(null),
  since: z.number().nullable().default(null).meta({
    description: 'When it came into this state, in seconds since 1970'
  })
});
export type SubmissionJob = z.output<typeof SubmissionJob>;

/** Which jobs of a submission an action is for. */
export const JobSelection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({
    kind: z.literal('states'),
    states: z.array(JobState).min(1),
    dataset: z.string().nullable().default(null)
  }),
  z.object({
    kind: z.literal('jobs'),
    jobs: z
      .array(z.object({ cluster: z.string(), procs: z.array(z.int().nonnegative()).min(1) }))
      .min(1)
  })
]);
export type JobSelection = z.output<typeof JobSelection>;

/** What came of an action on the jobs of one cluster. */
export const JobsOutcome = z.object({
  cluster: z.string(),
  jobs: z.int().nonnegative(),
  end: z.enum(['done', 'refused', 'unknown']),
  words: z.string().meta({ description: "The scheduler's own, or why it is not known" })
});
export type JobsOutcome = z.infer<typeof JobsOutcome>;
