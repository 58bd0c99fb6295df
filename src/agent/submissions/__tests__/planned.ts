import type { IPlannedCluster } from '../plan';

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
