import * as z from 'zod';
import { ClusterBackend, ClusterOptions, AdaptiveBounds } from './cluster-options';
import { ConnectionId } from './connections';
import { get, post } from './endpoint';
import { Failure } from './errors';
import { Interpreter, Versions } from './interpreters';
import { ReportPiece } from './supervisor';
import {
  ClusterJob,
  ClusterMode,
  ClusterWorker,
  JobState,
  LossSummary,
  WorkerLoss
} from './cluster-parts';

/** Name of a cluster in addresses. */
export const ClusterId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'is no id of a cluster');

/** Name of a cluster for people; two that live never have the same. */
export const ClusterName = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{C}]+$/u, 'is no line of text')
  .meta({ title: 'Name', description: 'As in hepbatch.client("name")' });

/** What a new cluster is to be. */
export const ClusterRequest = z.object({
  connection: ConnectionId.meta({ title: 'Connection', description: 'Where it runs, and how' }),
  name: ClusterName.nullable().default(null).meta({
    title: 'Name',
    description: 'As in hepbatch.client("name"); left empty: one is made'
  }),
  interpreter: Interpreter.nullable().default(null).meta({
    title: 'Environment',
    description: 'The Python of scheduler and workers; left empty: that of the connection'
  }),
  options: ClusterOptions.default({}).meta({
    title: 'Options',
    description: 'Of the backend of the connection; what is absent comes from its defaults'
  })
});
export type ClusterRequest = z.output<typeof ClusterRequest>;

/** `lost`: its supervisor does not answer, and nobody knows whether anything of it still runs. */
export const ClusterState = z.enum([
  'starting',
  'running',
  'stopping',
  'stopped',
  'failed',
  'lost'
]);
export type ClusterState = z.infer<typeof ClusterState>;

/** What can be done with a cluster as it is now. */
export const ClusterVerb = z.enum([
  'scale',
  'adapt',
  'stop',
  'clean',
  'remove',
  'logs',
  'client',
  'dashboard',
  'loopback',
  'report'
]);
export type ClusterVerb = z.infer<typeof ClusterVerb>;

/** The Dask scheduler of a cluster. */
export const ClusterScheduler = z.object({
  address: z.string().meta({ description: 'As workers have it, such as tls://10.0.0.7:8786' }),
  tls: z.boolean(),
  host: z.string(),
  dashboard: z.string().nullable().meta({
    description: 'Id of its dashboard; null where it has none, as without bokeh'
  }),
  loopback: z.string().nullable().meta({
    description: 'Address on this machine, while a way for clients to a remote cluster is open'
  })
});
export type ClusterScheduler = z.infer<typeof ClusterScheduler>;

/** Sums over the workers that are there. */
export const WorkersSummary = z.object({
  wanted: z.int().nonnegative().meta({
    description: 'How many are asked of the batch system now; adaptive: by Dask'
  }),
  joined: z.int().nonnegative(),
  cores: z.int().nonnegative(),
  memoryLimitBytes: z.int().nonnegative().meta({ description: 'Of all workers together' }),
  memoryBytes: z.int().nonnegative().meta({ description: 'In use' }),
  clients: z.int().nonnegative().meta({ description: 'Notebooks and programs that are connected' }),
  tasks: z.record(z.string(), z.int().nonnegative()).meta({
    description: "How many there are of each state, in Dask's words"
  })
});
export type WorkersSummary = z.infer<typeof WorkersSummary>;

/** Batch jobs of one state and one reason. */
export const JobGroup = z.object({
  state: JobState,
  reason: z.string().nullable(),
  code: z.int().nullable(),
  count: z.int().positive(),
  oldestAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'When the first of them was submitted' })
});
export type JobGroup = z.infer<typeof JobGroup>;

/** A Dask cluster: started by hepbatch, or found. */
export const Cluster = z.object({
  id: ClusterId,
  name: z.string(),
  connection: ConnectionId,
  backend: ClusterBackend.nullable().meta({ description: 'Null where it is not known' }),
  origin: z.enum(['ours', 'supervisor', 'kernel', 'address']).meta({
    description:
      'ours: started through this agent; supervisor: found by its record on that host; kernel, address: added by its dashboard'
  }),
  state: ClusterState,
  can: z.array(ClusterVerb),
  mode: ClusterMode.nullable(),
  scheduler: ClusterScheduler.nullable(),
  workers: WorkersSummary.nullable().meta({ description: 'As last seen' }),
  jobs: z
    .array(JobGroup)
    .meta({ description: 'Of batch backends; states that no job has are absent' }),
  jobsFailure: Failure.nullable().meta({ description: 'Why the batch system could not be asked' }),
  summary: z.string().meta({
    description: 'Such as: 12 workers, 8 jobs pending, 2 held: memory usage exceeded request'
  }),
  why: z.array(z.string()).meta({
    description: 'Why fewer workers are there than are asked for; empty where all is well'
  }),
  warnings: z.array(z.string()).meta({ description: 'What may well go wrong' }),
  losses: z.object({
    count: z.int().nonnegative(),
    newest: LossSummary.nullable().meta({
      description: 'The last KilledWorker, or the last at all'
    })
  }),
  options: ClusterOptions.meta({ description: 'With the defaults of the connection filled in' }),
  interpreter: z
    .object({ chosen: Interpreter.nullable(), path: z.string(), versions: Versions })
    .nullable(),
  host: z.string().meta({ description: 'Name of the machine where the supervisor runs' }),
  folder: z.string().nullable().meta({ description: 'Where its record and its logs lie' }),
  failure: Failure.nullable().meta({ description: 'Why it failed, or is lost' }),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  stopsAt: z.iso.datetime().nullable().meta({
    description: 'When it will stop itself, by its idle limit or its lifetime'
  }),
  recordingSince: z.iso.datetime().nullable().meta({
    description: 'Since when a performance report is recorded; null: none is'
  }),
  heardAt: z.iso.datetime().nullable().meta({ description: 'When its supervisor last answered' })
});
export type Cluster = z.output<typeof Cluster>;

/** What would be run, before anything is. */
export const ClusterPreview = z.object({
  backend: ClusterBackend,
  name: z.string(),
  interpreter: z.object({ path: z.string(), versions: Versions }),
  options: ClusterOptions,
  script: z
    .string()
    .nullable()
    .meta({ description: 'The job script, exactly; null: no batch jobs' }),
  submit: z.array(z.string()).meta({
    description: 'The command that submits a job, whose last word stands for the script'
  }),
  scheduler: z.string().meta({ description: 'Address of the scheduler; PORT where any will do' }),
  folder: z.string().meta({ description: 'Where its files will lie' }),
  warnings: z.array(z.string()).meta({ description: 'What may well go wrong' })
});
export type ClusterPreview = z.output<typeof ClusterPreview>;

/** A log of a cluster: of its scheduler, a worker, or a batch job. */
export const ClusterLog = z.object({
  id: z.string().max(200),
  kind: z.enum(['scheduler', 'worker', 'job']),
  worker: z.string().nullable(),
  job: z.string().nullable(),
  stream: z.enum(['output', 'error', 'events']),
  bytes: z.int().nonnegative().nullable().meta({
    description: 'Null where it still lies on the node of the job'
  }),
  ended: z.boolean().meta({ description: 'Whether its writer is known to be gone' })
});
export type ClusterLog = z.infer<typeof ClusterLog>;

/** A piece of a log. */
export const LogPiece = z.object({
  text: z.string(),
  offset: z.int().nonnegative().meta({ description: 'Of the first byte' }),
  next: z.int().nonnegative().meta({ description: 'Where to read on' }),
  size: z.int().nonnegative().meta({ description: 'Of the whole log by now' })
});
export type LogPiece = z.infer<typeof LogPiece>;

/** How a client connects; paths are of this machine. */
export const ClientInfo = z.object({
  id: ClusterId,
  name: z.string(),
  address: z.string(),
  tls: z.object({ ca: z.string(), cert: z.string(), key: z.string() }).nullable(),
  versions: Versions
});
export type ClientInfo = z.infer<typeof ClientInfo>;

const Id = z.object({ id: ClusterId });
const page = {
  offset: z.int().nonnegative().default(0),
  limit: z.int().min(1).max(1000).default(200)
};

export const clusters = {
  /** Newest first; looks for records of other supervisors on open hosts. */
  list: get('/clusters', z.object({ clusters: z.array(Cluster) })),
  /** Renders the job script and starts nothing; throws what start would. */
  preview: post('/clusters/preview', ClusterRequest, ClusterPreview),
  /** Answers once the intention is on disk; what follows comes as events. */
  start: post('/clusters/start', ClusterRequest, Cluster),
  /** Asks its supervisor anew. */
  read: post('/clusters/read', Id, Cluster),
  workers: post(
    '/clusters/workers',
    Id.extend(page),
    z.object({ workers: z.array(ClusterWorker), total: z.int().nonnegative() })
  ),
  jobs: post(
    '/clusters/jobs',
    Id.extend({ ...page, state: JobState.nullable().default(null) }),
    z.object({ jobs: z.array(ClusterJob), total: z.int().nonnegative() })
  ),
  /** Reports of all workers that were lost, newest first. */
  losses: post('/clusters/losses', Id, z.object({ losses: z.array(WorkerLoss) })),
  /** Names the dashboard of a worker, to be opened by its id. */
  workerDashboard: post(
    '/clusters/worker-dashboard',
    Id.extend({ address: z.string().min(1).max(200) }),
    z.object({ dashboard: z.string() })
  ),
  /** What the batch system itself says of a job, in its words. */
  explain: post(
    '/clusters/explain',
    Id.extend({ job: z.string() }),
    z.object({ text: z.string() })
  ),
  /** Ends adaptive mode first. */
  scale: post(
    '/clusters/scale',
    Id.extend({ workers: z.int().min(0).max(10_000).meta({ title: 'Workers' }) }),
    Cluster
  ),
  adapt: post('/clusters/adapt', Id.extend(AdaptiveBounds.shape), Cluster),
  /** Answers at once; also while it starts. */
  stop: post('/clusters/stop', Id, Cluster),
  /** For a lost one: removes its batch jobs by their stamp, what is left of its processes, and its record. */
  clean: post('/clusters/clean', Id, Cluster),
  /** Forgets one that ended, with its folder of logs. */
  remove: post('/clusters/remove', Id, z.object({})),
  /** Names a cluster that runs where an open connection leads, by the address of its dashboard. */
  add: post(
    '/clusters/add',
    z.object({
      connection: ConnectionId,
      address: z.string().min(1).max(500).meta({
        title: 'Dashboard address',
        description: 'host:port or http://host:port/status, as seen from that host'
      }),
      origin: z.enum(['address', 'kernel']).default('address'),
      name: ClusterName.nullable().default(null)
    }),
    Cluster
  ),
  logs: post('/clusters/logs', Id, z.object({ logs: z.array(ClusterLog) })),
  /** A negative offset counts from the end. To follow, ask again from `next`. */
  readLog: post(
    '/clusters/logs/read',
    Id.extend({
      log: z.string().max(200),
      offset: z.int().default(-65_536),
      most: z.int().min(1).max(262_144).default(65_536)
    }),
    LogPiece
  ),
  /** Lines that contain a text, in all logs. */
  searchLogs: post(
    '/clusters/logs/search',
    Id.extend({
      text: z.string().min(1).max(200),
      most: z.int().min(1).max(1000).default(200)
    }),
    z.object({
      lines: z.array(
        z.object({ log: z.string(), offset: z.int().nonnegative(), text: z.string() })
      ),
      cut: z.boolean().meta({ description: 'There are more' })
    })
  ),
  /** How a client of this machine connects. Throws `conflict` where that needs the loopback port. */
  client: post('/clusters/client', Id, ClientInfo),
  /** The code that connects a notebook; without hepbatch in the kernel, plain dask. */
  clientCode: post(
    '/clusters/client-code',
    Id.extend({ hepbatch: z.boolean().default(true) }),
    z.object({ code: z.string() })
  ),
  /** Begins to record a performance report, unless one is recorded; or ends it without one. */
  record: post('/clusters/record', Id.extend({ on: z.boolean() }), Cluster),
  /** Makes Dask's performance report of the time since `record`, which goes on. */
  report: post('/clusters/report', Id, z.object({ size: z.int().nonnegative() })),
  /** The report that was made last, as HTML; offsets are in characters. */
  readReport: post(
    '/clusters/report/read',
    Id.extend({ offset: z.int().nonnegative() }),
    ReportPiece
  ),
  /** Opens or closes a port of 127.0.0.1 for clients of a remote cluster; only with TLS. */
  loopback: post('/clusters/loopback', Id.extend({ open: z.boolean() }), Cluster)
};
