import type { LossAdvice, SupervisedLoss, WorkerLoss } from '../../../contract';

/**
 * Runs one file in the notebook, without Dask: `--only` takes a dataset or a file, and the iterative
 * executor shows the real error where it arises. The names are for the user to fill in.
 */
const ITERATIVELY = `# The file that killed its workers, alone and without Dask: the real error shows up here.
# If there is none, it was the memory.
runner = "runner.json"
one_file = "root://..."

!run_analysis.py --json-analysis {runner} --only {one_file} --executor iterative --nano-version 13 --dump one_file_output
`;

/** What to do about a lost worker, with the code to insert. */
export function adviceOf({ advice }: Pick<SupervisedLoss, 'advice'>): LossAdvice[] {
  return advice.map(one => (one.kind === 'run-iteratively' ? { ...one, code: ITERATIVELY } : one));
}

/** The whole report as it travels. */
export function lossOf(loss: SupervisedLoss): WorkerLoss {
  return { ...loss, advice: adviceOf(loss) };
}
