import type { IPlannedJob } from '../plan';
import type { ISample } from './samples';

/** Jobs that go to the scheduler in one call. */
export interface IGroup {
  /** Name of the cluster. */
  readonly name: string;
  /** Name of the script of its jobs. */
  readonly script: string;
  readonly sample: ISample;
  /** Safe name of the dataset. */
  readonly safe: string;
  readonly jobs: readonly IPlannedJob[];
}

/** How jobs are made of files, and clusters of jobs. */
export interface IGrouping {
  readonly filesPerJob: number;
  readonly clusterPerSample: boolean;
  /** Most jobs of one call. */
  readonly most: number;
  readonly inputsFolder: string;
}

/**
 * Every file is in exactly one job. One cluster for each sample, or several where the scheduler does not
 * take so many at once, or one for each job.
 */
export function groupJobs(
  sample: ISample,
  safe: string,
  { filesPerJob, clusterPerSample, most, inputsFolder }: IGrouping
): IGroup[] {
  const jobs = parts(sample.files, filesPerJob).map((files, number) => ({
    number,
    dataset: sample.dataset,
    files,
    samplesJson: `${inputsFolder}/${safe}-${number}.json`,
    runnerJson: `${inputsFolder}/AN-${safe}-${number}.json`
  }));
  const script = `AN-${safe}`;
  if (!clusterPerSample) {
    return jobs.map(job => ({
      name: `${script}-${job.number}`,
      script,
      sample,
      safe,
      jobs: [{ ...job, proc: 0 }]
    }));
  }
  const clusters = parts(jobs, most);
  return clusters.map((members, i) => {
    // No safe name has a dot, so this is the name of no other dataset.
    const name = clusters.length === 1 ? script : `${script}.${i}`;
    return {
      name,
      script: name,
      sample,
      safe,
      jobs: members.map((job, proc) => ({ ...job, proc }))
    };
  });
}

function parts<T>(all: readonly T[], most: number): T[][] {
  const cut: T[][] = [];
  for (let i = 0; i < all.length; i += most) {
    cut.push(all.slice(i, i + most));
  }
  return cut;
}
