import type { JobSelection, JobState, SubmissionJob } from '../../contract';

/** Columns by which jobs can be sorted. */
export type JobKey = 'job' | 'dataset' | 'state' | 'exit' | 'wall' | 'memory' | 'starts' | 'node';

/** Which jobs are shown, in which order. */
export interface IJobFilter {
  /** None: all. */
  readonly states: ReadonlySet<JobState>;
  readonly dataset: string | null;
  readonly text: string;
  readonly key: JobKey;
  readonly descending: boolean;
}

/** Names a job within its submission. */
export function jobKey({ cluster, proc }: Pick<SubmissionJob, 'cluster' | 'proc'>): string {
  return `${cluster}#${proc}`;
}

/** The jobs that a filter leaves, in its order; those alike stay in the order of the submission. */
export function shownJobs(jobs: readonly SubmissionJob[], filter: IJobFilter): SubmissionJob[] {
  const { states, dataset, key, descending } = filter;
  const text = filter.text.trim().toLowerCase();
  const has = (value: string | null) => value !== null && value.toLowerCase().includes(text);
  const shown = jobs.filter(
    job =>
      (states.size === 0 || states.has(job.state)) &&
      (dataset === null || job.dataset === dataset) &&
      (text === '' ||
        has(job.dataset) ||
        has(job.reason) ||
        has(job.node) ||
        has(`${job.cluster}.${job.proc}`))
  );
  if (key === 'job' && !descending) {
    return shown;
  }
  const values = ranks(shown.map((job, at) => valueOf(job, key, at)));
  const order = Uint32Array.from(shown, (_, at) => at);
  const way = descending ? -1 : 1;
  order.sort((a, b) => way * ((values[a] ?? 0) - (values[b] ?? 0)) || a - b);
  return Array.from(order, at => shown[at]).filter(job => job !== undefined);
}

/** The fewest words for the agent that name exactly these jobs. */
export function selectionOf(jobs: readonly SubmissionJob[]): JobSelection {
  const clusters = new Map<string, number[]>();
  for (const { cluster, proc } of jobs) {
    const procs = clusters.get(cluster);
    if (procs === undefined) {
      clusters.set(cluster, [proc]);
    } else {
      procs.push(proc);
    }
  }
  return {
    kind: 'jobs',
    jobs: [...clusters].map(([cluster, procs]) => ({ cluster, procs }))
  };
}

function valueOf(job: SubmissionJob, key: JobKey, at: number): string | number | null {
  switch (key) {
    case 'job':
      return at;
    case 'dataset':
      return job.dataset;
    case 'state':
      return job.state;
    case 'exit':
      return job.exitSignal === null ? job.exitCode : 128 + job.exitSignal;
    case 'wall':
      return job.wallSeconds;
    case 'memory':
      return job.memoryMb;
    case 'starts':
      return job.starts;
    case 'node':
      return job.node;
  }
}

/**
 * Numbers in the order of the values; what is not told counts as less than anything. Many jobs have the
 * same words, so that comparing numbers is many times quicker.
 */
function ranks(values: readonly (string | number | null)[]): Float64Array {
  const words = [...new Set(values.filter(value => typeof value === 'string'))].sort();
  const rankOf = new Map(words.map((word, rank) => [word, rank]));
  return Float64Array.from(values, value =>
    value === null
      ? -Number.MAX_VALUE
      : typeof value === 'number'
        ? value
        : (rankOf.get(value) ?? 0)
  );
}
