import * as z from 'zod';

/** The mode that a cluster really has. */
export const ClusterMode = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), workers: z.int().nonnegative() }),
  z.strictObject({
    kind: z.literal('adaptive'),
    minimum: z.int().nonnegative(),
    maximum: z.int().nonnegative(),
    idleSeconds: z.int().nonnegative()
  })
]);
export type ClusterMode = z.infer<typeof ClusterMode>;

/** The states of a batch job, in one set of words for all batch systems. */
export const JobState = z.enum([
  'pending',
  'running',
  'held',
  'succeeded',
  'failed',
  'removed',
  'unknown'
]);
export type JobState = z.infer<typeof JobState>;

/** A batch job that is, was or will be a worker. */
export const ClusterJob = z.strictObject({
  id: z.string().meta({ description: 'Such as 1234.0; for Slurm 1234' }),
  state: JobState,
  native: z.string().meta({ description: "The batch system's own word" }),
  reason: z.string().nullable().meta({ description: 'Why it is pending, held or ended' }),
  code: z.int().nullable(),
  subcode: z.int().nullable(),
  host: z.string().nullable(),
  submittedAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  memoryBytes: z.int().nonnegative().nullable(),
  worker: z.string().nullable().meta({ description: 'Name of its worker' })
});
export type ClusterJob = z.infer<typeof ClusterJob>;

/** A Dask worker that has joined. */
export const ClusterWorker = z.object({
  name: z.string(),
  address: z.string(),
  host: z.string(),
  job: z.string().nullable().meta({ description: 'Id of its batch job' }),
  status: z.string().meta({ description: "Dask's word: running, paused, closing ..." }),
  threads: z.int().nonnegative(),
  memoryBytes: z.int().nonnegative().nullable(),
  memoryLimitBytes: z.int().nonnegative().nullable(),
  tasks: z.int().nonnegative().meta({ description: 'How many it has to do' }),
  lastSeenAt: z.iso.datetime(),
  dashboard: z.boolean().meta({ description: 'Whether it has one' })
});
export type ClusterWorker = z.infer<typeof ClusterWorker>;

/** What the field does about a lost worker. */
export const LossAdvice = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run-iteratively'),
    code: z.string().meta({ description: 'To insert: runs that one file in the notebook' })
  }),
  z.object({
    kind: z.literal('raise-memory'),
    memory: z.string().meta({ description: 'What to ask for next, such as 6GB' })
  })
]);
export type LossAdvice = z.infer<typeof LossAdvice>;

/** Why a worker died. */
export const LossCause = z.enum([
  'memory',
  'walltime',
  'held',
  'removed',
  'node',
  'crashed',
  'unknown'
]);
export type LossCause = z.infer<typeof LossCause>;

/** What is told of a lost worker at once. */
export const LossSummary = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  worker: z.string(),
  job: z.string().nullable(),
  cause: LossCause,
  task: z.string().nullable().meta({ description: 'Key of the task it ran that died most often' }),
  deaths: z.int().nonnegative().meta({ description: 'How many workers died with that task' }),
  killed: z.boolean().meta({ description: 'Dask gave that task up: KilledWorker' }),
  limitBytes: z.int().nonnegative().nullable(),
  peakBytes: z.int().nonnegative().nullable(),
  evidence: z.string().nullable().meta({ description: 'The surest of what the cause rests on' }),
  advice: z.array(LossAdvice),
  isComplete: z.boolean()
});
export type LossSummary = z.infer<typeof LossSummary>;

/** A worker that was lost: what it did, how much memory it had, why it died. */
export const WorkerLoss = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  worker: z.string(),
  address: z.string(),
  host: z.string(),
  job: z.string().nullable(),
  tasks: z
    .array(
      z.object({
        key: z.string(),
        prefix: z.string(),
        deaths: z.int().nonnegative().meta({ description: 'How many workers died with it' }),
        failed: z.boolean().meta({ description: 'Dask gave it up: KilledWorker' })
      })
    )
    .meta({ description: 'The first of those that it ran' }),
  taskCount: z.int().nonnegative(),
  memory: z.object({
    limitBytes: z.int().nonnegative().nullable(),
    peakBytes: z.int().nonnegative().nullable(),
    samples: z.array(z.object({ at: z.iso.datetime(), bytes: z.int().nonnegative() }))
  }),
  cause: LossCause,
  evidence: z.array(z.string()).meta({ description: 'What the cause rests on, in words' }),
  lastLines: z.array(z.string()).meta({ description: 'Of its log; data, never markup' }),
  advice: z.array(LossAdvice),
  isComplete: z.boolean().meta({ description: 'False while batch system and logs are asked' })
});
export type WorkerLoss = z.infer<typeof WorkerLoss>;
