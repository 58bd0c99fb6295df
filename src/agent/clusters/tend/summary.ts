import type {
  ClusterDescription,
  ClusterJob,
  JobGroup,
  LossSummary,
  SupervisedLoss,
  WorkersSummary
} from '../../../contract';
import { adviceOf } from './advice';

/** The order in which jobs are told of: what is as it should be first. */
const STATES = ['running', 'pending', 'held', 'failed', 'removed', 'unknown', 'succeeded'] as const;

/** States of jobs that matter for a cluster as it is now. */
const PRESENT: readonly ClusterJob['state'][] = ['running', 'pending', 'held', 'unknown'];

/** Jobs by state and reason; the more there are of one reason, the earlier. */
export function groupJobs(jobs: readonly ClusterJob[]): JobGroup[] {
  const groups = new Map<string, JobGroup>();
  for (const { state, reason, code, submittedAt } of jobs) {
    const key = JSON.stringify([state, reason, code]);
    const group = groups.get(key) ?? { state, reason, code, count: 0, oldestAt: null };
    const oldest = [group.oldestAt, submittedAt].filter(at => at !== null).sort()[0] ?? null;
    groups.set(key, { ...group, count: group.count + 1, oldestAt: oldest });
  }
  return [...groups.values()].sort(
    (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || b.count - a.count
  );
}

/** Such as `12 workers, 8 jobs pending, 2 held: memory usage exceeded request`. */
export function summaryText(joined: number, groups: readonly JobGroup[]): string {
  const parts = [joined === 1 ? '1 worker' : `${joined} workers`];
  for (const state of PRESENT) {
    const ofState = groups.filter(group => group.state === state);
    const count = ofState.reduce((sum, group) => sum + group.count, 0);
    // Jobs that run are workers, or are about to be.
    const shown = state === 'running' ? count - joined : count;
    if (count > 0 && shown > 0) {
      const noun = parts.length > 1 ? '' : shown === 1 ? 'job ' : 'jobs ';
      const what = state === 'running' ? 'starting' : state;
      const reason = state === 'held' ? (ofState[0]?.reason ?? null) : null;
      parts.push(`${shown} ${noun}${what}${reason === null ? '' : `: ${reason}`}`);
    }
  }
  return parts.join(', ');
}

/** Sums over the workers of a description. */
export function sumWorkers({
  workers,
  wanted,
  tasks,
  clients
}: ClusterDescription): WorkersSummary {
  const sum = (of: (worker: ClusterDescription['workers'][number]) => number | null) =>
    workers.reduce((total, worker) => total + (of(worker) ?? 0), 0);
  return {
    wanted,
    joined: workers.length,
    cores: sum(({ threads }) => threads),
    memoryLimitBytes: sum(({ memoryLimitBytes }) => memoryLimitBytes),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    clients,
    tasks
  };
}

/** What is told at once of a lost worker. */
export function summarizeLoss(loss: SupervisedLoss): LossSummary {
  const worst = loss.tasks.reduce<SupervisedLoss['tasks'][number] | null>(
    (most, task) => (most === null || task.deaths > most.deaths ? task : most),
    null
  );
  return {
    id: loss.id,
    at: loss.at,
    worker: loss.worker,
    job: loss.job,
    cause: loss.cause,
    task: worst?.key ?? null,
    deaths: worst?.deaths ?? 0,
    killed: loss.tasks.some(({ failed }) => failed),
    limitBytes: loss.memory.limitBytes,
    peakBytes: loss.memory.peakBytes,
    evidence: loss.evidence[0] ?? null,
    advice: adviceOf(loss),
    isComplete: loss.isComplete
  };
}
