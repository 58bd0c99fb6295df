import type { IPlan, IPlannedCluster } from '../plan';

/** A planned cluster of `jobs` jobs in `folder`, as Prepare would plan it. */
export function planned(
  folder: string,
  name: string,
  argv: readonly string[],
  jobs: number
): IPlannedCluster {
  return {
    name,
    dataset: 'GJet',
    submitFile: `${folder}/${name}.sub`,
    wrapper: `${folder}/${name}.sh`,
    argv,
    jobs: Array.from({ length: jobs }, (_, proc) => ({
      proc,
      number: proc,
      dataset: 'GJet',
      files: [`root://somewhere//${proc}.root`],
      samplesJson: `${folder}/GJet-${proc}.json`,
      runnerJson: `${folder}/AN-GJet-${proc}.json`
    })),
    record: `${folder}/${name}.record`,
    log: `${folder}/${name}.$(ClusterId).log`,
    output: `${folder}/${name}.$(ClusterId).$(ProcId).out`,
    error: `${folder}/${name}.$(ClusterId).$(ProcId).err`
  };
}

/** A plan of these clusters, as far as sending it needs one. */
export function planOf(token: string, folder: string, clusters: readonly IPlannedCluster[]): IPlan {
  const jobs = clusters.reduce((sum, cluster) => sum + cluster.jobs.length, 0);
  return {
    token,
    scheduler: 'htcondor',
    analysis: 'AN',
    folder,
    folders: [folder],
    jobsFolder: folder,
    files: [],
    clusters,
    spool: false,
    problems: [],
    counts: { datasets: 1, files: jobs, jobs, clusters: clusters.length }
  };
}
