import type {
  ClusterDescription,
  ClusterJob,
  SupervisedLoss,
  SupervisedWorker,
  SupervisorRecord
} from '../../../../contract';
import type { IIdentity, IPhase } from '../card';

const NOON = '2026-03-01T12:00:00.000Z';

/** A job as a supervisor tells of it. */
export function job(change: Partial<ClusterJob> = {}): ClusterJob {
  return {
    id: '12.0',
    state: 'running',
    native: 'Running',
    reason: null,
    code: null,
    subcode: null,
    host: null,
    submittedAt: NOON,
    startedAt: null,
    endedAt: null,
    memoryBytes: null,
    worker: null,
    ...change
  };
}

/** A worker that has joined. */
export function worker(change: Partial<SupervisedWorker> = {}): SupervisedWorker {
  return {
    name: '0',
    address: 'tls://10.0.0.7:43211',
    host: '10.0.0.7',
    job: '12.0',
    status: 'running',
    threads: 2,
    memoryBytes: 1000,
    memoryLimitBytes: 4000,
    tasks: 0,
    lastSeenAt: NOON,
    dashboard: null,
    ...change
  };
}

/** A worker that was lost to its memory. */
export function loss(change: Partial<SupervisedLoss> = {}): SupervisedLoss {
  return {
    id: 'l-1',
    at: NOON,
    worker: '0',
    address: 'tls://10.0.0.7:43211',
    host: '10.0.0.7',
    job: '12.0',
    tasks: [
      { key: 'eat-1', prefix: 'eat', deaths: 1, failed: false },
      { key: 'eat-2', prefix: 'eat', deaths: 4, failed: true }
    ],
    taskCount: 2,
    memory: { limitBytes: 4000, peakBytes: 3900, samples: [] },
    cause: 'memory',
    evidence: ['the surest', 'another'],
    lastLines: [],
    advice: [{ kind: 'run-iteratively' }, { kind: 'raise-memory', memory: '6GB' }],
    isComplete: true,
    ...change
  };
}

/** What a supervisor says of a cluster that is well. */
export function description(change: Partial<ClusterDescription> = {}): ClusterDescription {
  return {
    version: 1,
    id: 'c-1',
    name: 'mine',
    backend: 'dask-htcondor',
    state: 'running',
    failure: null,
    host: 'lxplus901',
    pid: 77,
    startedAt: NOON,
    environment: { executable: '/opt/python', python: '3.11.2', packages: { dask: '2026.1.1' } },
    scheduler: {
      address: 'tls://10.0.0.1:8786',
      tls: true,
      dashboard: { socketPath: '/run/d.sock' }
    },
    mode: { kind: 'fixed', workers: 1 },
    wanted: 1,
    workers: [worker()],
    jobs: [job()],
    queue: { askedAt: NOON, failure: null },
    tasks: { processing: 3 },
    clients: 1,
    losses: [],
    why: [],
    warnings: [],
    idleEndsAt: null,
    lifetimeEndsAt: null,
    recordingSince: null,
    logFolder: '/home/u/logs',
    sequence: 5,
    ...change
  };
}

/** What a supervisor leaves on disk. */
export function record(change: Partial<SupervisorRecord> = {}): SupervisorRecord {
  return {
    version: 1,
    id: 'c-1',
    name: 'mine',
    backend: 'dask-htcondor',
    state: 'running',
    failure: null,
    host: 'lxplus901',
    process: { pid: 77, startTicks: 4242, bootId: 'b00t' },
    startedAt: NOON,
    socketPath: '/run/s.sock',
    scheduler: null,
    logFolder: '/home/u/logs',
    environment: {},
    ...change
  };
}

/** A cluster that was started here. */
export const IDENTITY: IIdentity = {
  id: 'c-1',
  name: 'mine',
  connection: 'lxplus',
  origin: 'ours',
  backend: 'dask-htcondor',
  options: {},
  host: 'lxplus901',
  folder: '/home/u/c-1',
  startedAt: NOON,
  interpreter: { chosen: null, path: 'python3', versions: {} }
};

/** How far it is with one that is up. */
export function phase(change: Partial<IPhase> = {}): IPhase {
  return {
    phase: 'up',
    stopping: false,
    failure: null,
    endedAt: null,
    loopback: null,
    remote: false,
    ...change
  };
}
