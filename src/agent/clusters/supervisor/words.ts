import * as z from 'zod';
import { ClusterJob, ClusterLog, ClusterMode, Failure, WorkerLoss } from '../../../contract';

const Target = z.union([
  z.object({ socketPath: z.string() }),
  z.object({ host: z.string(), port: z.int() })
]);

const Scheduler = z.object({
  address: z.string(),
  tls: z.boolean(),
  dashboard: Target.nullable()
});

/** The states a supervisor has while it answers; the last that is written where it does not. */
const State = z.enum(['starting', 'running', 'stopping', 'stopped', 'failed']);

/** What an interpreter has, as `check` and `describe` say. */
export const FoundVersions = z.object({
  executable: z.string(),
  python: z.string(),
  packages: z.record(z.string(), z.string().nullable())
});
export type FoundVersions = z.infer<typeof FoundVersions>;

/** The record that a supervisor keeps beside its logs; `host` and `process` say who it is. */
export const SupervisorRecord = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  backend: z.enum(['dask-local', 'dask-htcondor', 'dask-lxplus', 'dask-slurm']),
  state: State,
  failure: Failure.nullable(),
  host: z.string(),
  process: z.object({ pid: z.int().positive(), startTicks: z.int(), bootId: z.string() }),
  startedAt: z.iso.datetime(),
  socketPath: z.string(),
  scheduler: Scheduler.nullable(),
  logFolder: z.string()
});
export type SupervisorRecord = z.infer<typeof SupervisorRecord>;

/** The answer to `start`. */
export const Ready = SupervisorRecord.extend({ ready: z.literal(true), record: z.string() });

const Worker = z.object({
  name: z.string(),
  address: z.string(),
  host: z.string(),
  job: z.string().nullable(),
  status: z.string(),
  threads: z.int().nonnegative(),
  memoryBytes: z.int().nonnegative().nullable(),
  memoryLimitBytes: z.int().nonnegative().nullable(),
  tasks: z.int().nonnegative(),
  lastSeenAt: z.iso.datetime(),
  dashboard: Target.nullable()
});

/** A lost worker in the words of a supervisor; the code to insert is ours to add. */
const Loss = WorkerLoss.extend({
  advice: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('run-iteratively') }),
      z.object({ kind: z.literal('raise-memory'), memory: z.string() })
    ])
  )
});
export type SupervisorLoss = z.infer<typeof Loss>;

/** The answer to `describe`: everything that is known of a cluster now. */
export const Description = z.object({
  id: z.string(),
  name: z.string(),
  backend: SupervisorRecord.shape.backend,
  state: State,
  failure: Failure.nullable(),
  host: z.string(),
  startedAt: z.iso.datetime(),
  environment: FoundVersions,
  scheduler: Scheduler.nullable(),
  mode: ClusterMode,
  wanted: z.int().nonnegative(),
  workers: z.array(Worker),
  jobs: z.array(ClusterJob),
  queue: z.object({ askedAt: z.iso.datetime().nullable(), failure: Failure.nullable() }),
  tasks: z.record(z.string(), z.int().nonnegative()),
  clients: z.int().nonnegative(),
  losses: z.array(Loss),
  why: z.array(z.string()),
  warnings: z.array(z.string()),
  idleEndsAt: z.iso.datetime().nullable(),
  lifetimeEndsAt: z.iso.datetime().nullable(),
  logFolder: z.string(),
  sequence: z.int().nonnegative()
});
export type Description = z.infer<typeof Description>;

/** News of a supervisor; what they are about is asked for by `describe`. */
export const News = z.object({ sequence: z.int().nonnegative(), topic: z.string() });

/** The answer to `preview`. */
export const Rendered = z.object({
  script: z.string().nullable(),
  submit: z.array(z.string()),
  scheduler: z.string(),
  warnings: z.array(z.string())
});

/** The answer to `logs`. */
export const LogList = z.object({
  logs: z.array(ClusterLog.omit({ ended: true }).extend({ isEnded: z.boolean() }))
});

const TlsFile = z.object({ path: z.string(), text: z.string().nullable() });

/** The answer to `security`. */
export const SecurityFiles = z.object({
  address: z.string(),
  tls: z.object({ ca: TlsFile, cert: TlsFile, key: TlsFile }).nullable()
});
