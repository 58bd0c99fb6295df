import * as z from 'zod';
import { AdaptiveBounds, CLUSTER_OPTIONS, ClusterBackend } from './cluster-options';
import { ClusterJob, ClusterMode, WorkerLoss } from './cluster-parts';
import { Failure } from './errors';

/**
 * What agent and supervisor say to each other. The supervisor is a Python process, one for each Dask
 * cluster, that may run on another host: `hepbatch/supervisor`. It is started by
 * `python supervisor start` with a request on its input, and answers `SupervisorReady` or a
 * `Failure` in one line. Afterwards lines of JSON go over its own unix socket: a question is
 * `{"command": ..., ...}`, an answer `{"reply": ...}` or `{"error": Failure}`. `follow` and `events`
 * answer with a line for each piece of news until the asker closes its side.
 */
export const SUPERVISOR_VERSION = 1;

const size = z.string().regex(/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i, 'is no size such as 4GB or 8000MB');
// These stand in job scripts, where a blank cannot be quoted for every batch system.
const plainPath = z
  .string()
  .regex(/^\/[A-Za-z0-9_./+@=-]*$/, 'is no absolute path without blanks and special characters');
const line = z.string().regex(/^.+$/, 'is no line of text');
const port = z.int().min(1).max(65_535);
const count = z.int().min(0).max(10_000);

/** What the form has, with what the agent has filled in: paths of the home folder are absolute here. */
const filledIn = {
  tls: z.boolean().default(true),
  logFolder: plainPath.optional(),
  workFolder: plainPath.optional()
};

const request = <B extends ClusterBackend, O extends z.ZodType>(backend: B, options: O) =>
  z.strictObject({
    version: z.literal(SUPERVISOR_VERSION),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'is no id such as c-17'),
    name: line,
    backend: z.literal(backend),
    folder: plainPath.meta({
      description:
        'The cluster’s own folder: record, certificate, logs. Workers of Slurm read there'
    }),
    socketFolder: plainPath.optional().meta({
      description: 'A short path on the host itself; left out: one below its temporary folder'
    }),
    options
  });

/** What `start` and `preview` read. */
export const SupervisorRequest = z.discriminatedUnion('backend', [
  request('dask-local', CLUSTER_OPTIONS['dask-local'].extend(filledIn)),
  request('dask-htcondor', CLUSTER_OPTIONS['dask-htcondor'].extend(filledIn)),
  request('dask-lxplus', CLUSTER_OPTIONS['dask-lxplus'].extend(filledIn)),
  request('dask-slurm', CLUSTER_OPTIONS['dask-slurm'].extend(filledIn))
]);
export type SupervisorRequest = z.input<typeof SupervisorRequest>;

/** Where pages are served, seen from the host of the supervisor. */
export const PageAddress = z.union([
  z.strictObject({ socketPath: z.string() }),
  z.strictObject({ host: z.string(), port })
]);
export type PageAddress = z.infer<typeof PageAddress>;

/** `lost` is no word of a supervisor: it is said of one that does not answer. */
export const SupervisorState = z.enum(['starting', 'running', 'stopping', 'stopped', 'failed']);
export type SupervisorState = z.infer<typeof SupervisorState>;

/** Where the scheduler is. */
export const SchedulerAddress = z.strictObject({
  address: z.string().meta({ description: 'Such as tls://lxplus901.cern.ch:8786' }),
  tls: z.boolean(),
  dashboard: PageAddress.nullable().meta({ description: 'Null where there is no bokeh' })
});
export type SchedulerAddress = z.infer<typeof SchedulerAddress>;

/** What is on disk of a cluster, `record.json` in its folder; gone once it was stopped. */
export const SupervisorRecord = z.strictObject({
  version: z.literal(SUPERVISOR_VERSION),
  id: z.string(),
  name: z.string(),
  backend: ClusterBackend,
  state: SupervisorState,
  failure: Failure.nullable(),
  host: z.string(),
  process: z.strictObject({
    pid: z.int(),
    startTicks: z.int().meta({ description: 'Field 22 of /proc/PID/stat: pids are used again' }),
    bootId: z.string()
  }),
  startedAt: z.iso.datetime(),
  socketPath: z.string(),
  scheduler: SchedulerAddress.nullable(),
  logFolder: z.string(),
  environment: z
    .record(z.string(), z.string())
    .meta({ description: 'What the commands of the batch system need' })
});
export type SupervisorRecord = z.infer<typeof SupervisorRecord>;

/** The one line of `start`, once record and socket are there. */
export const SupervisorReady = z.strictObject({
  ready: z.literal(true),
  record: z.string().meta({ description: 'Path of the record' }),
  ...SupervisorRecord.shape
});
export type SupervisorReady = z.infer<typeof SupervisorReady>;

/** What an interpreter has; the answer to `check`. Null: it is not installed. */
export const PythonEnvironment = z.strictObject({
  executable: z.string(),
  python: z.string(),
  packages: z.record(z.string(), z.string().nullable())
});
export type PythonEnvironment = z.infer<typeof PythonEnvironment>;

/** What would be submitted; the answer to `preview`. */
export const RenderedJob = z.strictObject({
  script: z.string().nullable().meta({ description: 'Of the first worker; null without jobs' }),
  submit: z.array(z.string()),
  scheduler: z.string(),
  warnings: z.array(z.string())
});
export type RenderedJob = z.infer<typeof RenderedJob>;

/** A worker that has joined. */
export const SupervisedWorker = z.strictObject({
  name: z.string(),
  address: z.string(),
  host: z.string(),
  job: z.string().nullable(),
  status: z.string().meta({ description: 'In Dask’s words: running, paused, closing_gracefully' }),
  threads: z.int(),
  memoryBytes: z.int().nullable(),
  memoryLimitBytes: z.int().nullable(),
  tasks: z.int().meta({ description: 'Given to it and not done' }),
  lastSeenAt: z.iso.datetime(),
  dashboard: PageAddress.nullable()
});
export type SupervisedWorker = z.infer<typeof SupervisedWorker>;

/** What the field does about a lost worker. */
export const SupervisedAdvice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run-iteratively') }),
  z.strictObject({ kind: z.literal('raise-memory'), memory: size })
]);
export type SupervisedAdvice = z.infer<typeof SupervisedAdvice>;

/** A worker that was lost; the code to insert is the agent's to add. */
export const SupervisedLoss = WorkerLoss.extend({ advice: z.array(SupervisedAdvice) });
export type SupervisedLoss = z.infer<typeof SupervisedLoss>;

/** Everything that a card shows; the answer to `describe`. */
export const ClusterDescription = z.strictObject({
  version: z.literal(SUPERVISOR_VERSION),
  id: z.string(),
  name: z.string(),
  backend: ClusterBackend,
  state: SupervisorState,
  failure: Failure.nullable(),
  host: z.string(),
  pid: z.int(),
  startedAt: z.iso.datetime(),
  environment: PythonEnvironment,
  scheduler: SchedulerAddress.nullable(),
  mode: ClusterMode,
  wanted: z.int().meta({ description: 'Workers that are asked for at this moment' }),
  workers: z.array(SupervisedWorker),
  jobs: z.array(ClusterJob),
  queue: z.strictObject({
    askedAt: z.iso.datetime().nullable(),
    failure: Failure.nullable().meta({ description: 'Why the last question had no answer' })
  }),
  tasks: z.record(z.string(), z.int()).meta({ description: 'By their state, in Dask’s words' }),
  clients: z.int(),
  losses: z.array(SupervisedLoss),
  why: z.array(z.string()).meta({ description: 'Why fewer workers are there than wanted' }),
  warnings: z.array(z.string()),
  idleEndsAt: z.iso.datetime().nullable().meta({
    description: 'When it stops unless somebody uses it; null while it is used'
  }),
  lifetimeEndsAt: z.iso.datetime().nullable(),
  recordingSince: z.iso.datetime().nullable().default(null).meta({
    description: 'Since when a performance report is recorded; null: none is'
  }),
  logFolder: z.string(),
  sequence: z.int().meta({ description: 'Of the last event: follow `events` since this' })
});
export type ClusterDescription = z.infer<typeof ClusterDescription>;

const news = <T extends string, S extends z.core.$ZodLooseShape>(topic: T, shape: S) =>
  z.strictObject({ sequence: z.int(), at: z.iso.datetime(), topic: z.literal(topic), ...shape });

/** News; `reset` says that some were missed, and that everything is to be asked again. */
export const ClusterEvent = z.discriminatedUnion('topic', [
  news('state', { state: SupervisorState, failure: Failure.nullable() }),
  news('mode', { mode: ClusterMode }),
  news('worker-joined', { worker: z.string(), address: z.string() }),
  news('worker-left', { worker: z.string(), address: z.string(), expected: z.boolean() }),
  news('job', { job: ClusterJob }),
  news('submit-failed', { worker: z.string(), message: z.string() }),
  news('loss', { loss: SupervisedLoss }),
  news('queue', { failure: Failure.nullable() }),
  news('warning', { message: z.string() }),
  news('reset', {})
]);
export type ClusterEvent = z.infer<typeof ClusterEvent>;

/** One log; its id is all that is needed to read it. */
export const SupervisedLog = z.strictObject({
  id: z.string(),
  kind: z.enum(['scheduler', 'worker', 'job']),
  worker: z.string().nullable(),
  job: z.string().nullable(),
  stream: z.enum(['output', 'error', 'events']),
  bytes: z.int().nullable().meta({ description: 'Null while it is still on the node of the job' }),
  isEnded: z.boolean()
});
export type SupervisedLog = z.infer<typeof SupervisedLog>;

/** A piece of a log, in bytes; the next one begins at `next`. */
export const SupervisedLogPiece = z.strictObject({
  id: z.string(),
  text: z.string(),
  offset: z.int(),
  next: z.int(),
  size: z.int()
});
export type SupervisedLogPiece = z.infer<typeof SupervisedLogPiece>;

const File = z.strictObject({ path: z.string(), text: z.string().nullable() });

/** What a client of the same user needs; the texts only where `contents` asked for them. */
export const ClusterSecurity = z.strictObject({
  address: z.string(),
  tls: z.strictObject({ ca: File, cert: File, key: File }).nullable()
});
export type ClusterSecurity = z.infer<typeof ClusterSecurity>;

/** A piece of a performance report, in characters; the next one begins at `next`. */
export const ReportPiece = z.strictObject({ text: z.string(), next: z.int(), size: z.int() });
export type ReportPiece = z.infer<typeof ReportPiece>;

const none = z.strictObject({});
const offset = z.int().default(0).meta({ description: 'Negative: from the end' });
const Mode = z.strictObject({ mode: ClusterMode });

/** The commands of the socket: what goes with them, and what answers. */
export const SUPERVISOR_COMMANDS = {
  describe: { body: none, reply: ClusterDescription },
  /** Stops adaptive scaling; the number holds until the next command. */
  scale: { body: z.strictObject({ workers: count }), reply: Mode },
  adapt: { body: AdaptiveBounds, reply: Mode },
  /** Answers at once; the socket is gone when everything is. */
  stop: { body: none, reply: z.strictObject({ state: z.literal('stopping') }) },
  security: {
    body: z.strictObject({ contents: z.boolean().default(false) }),
    reply: ClusterSecurity
  },
  logs: { body: none, reply: z.strictObject({ logs: z.array(SupervisedLog) }) },
  log: {
    body: z.strictObject({ id: z.string(), offset, most: z.int().min(1).optional() }),
    reply: SupervisedLogPiece
  },
  /** Asks the batch system soon, and more often for a minute. */
  look: { body: none, reply: none },
  /** What the batch system itself says of a job that does not start. */
  explain: {
    body: z.strictObject({ job: z.string() }),
    reply: z.strictObject({ text: z.string() })
  },
  /** Begins to record a performance report, unless one is recorded; or ends it without one. */
  record: {
    body: z.strictObject({ on: z.boolean() }),
    reply: z.strictObject({ since: z.iso.datetime().nullable() })
  },
  /** Makes the report of the time since `record`, which goes on. */
  report: { body: none, reply: z.strictObject({ size: z.int() }) },
  /** The report that was made last, as HTML. */
  reportPiece: { body: z.strictObject({ offset: z.int().min(0) }), reply: ReportPiece },
  follow: { body: z.strictObject({ id: z.string(), offset }), reply: SupervisedLogPiece },
  events: { body: z.strictObject({ since: z.int().min(0).default(0) }), reply: ClusterEvent }
} as const;

/** What `clean` reads; it answers `{id, cleaned: true}`. */
export const CleanRequest = z.strictObject({
  record: z.string(),
  otherHost: z.boolean().default(false).meta({
    description: 'Also where the record is of another host, on which the supervisor may live'
  })
});
export type CleanRequest = z.input<typeof CleanRequest>;

/** The answer to `clean`. */
export const Cleaned = z.strictObject({ id: z.string(), cleaned: z.literal(true) });
export type Cleaned = z.infer<typeof Cleaned>;
