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
  const valued = shown.map((job, at) => ({ job, at, value: valueOf(job, key, at) }));
  const way = descending ? -1 : 1;
  valued.sort((one, other) => way * compare(one.value, other.value) || one.at - other.at);
  return valued.map(({ job }) => job);
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

/** What is not told counts as less than anything. */
function compare(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) {
    return Number(one !== null) - Number(other !== null);
  }
  return one < other ? -1 : one > other ? 1 : 0;
}
