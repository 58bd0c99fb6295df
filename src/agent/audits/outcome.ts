import { FILE_STATUSES, noFiles, type FileCounts, type FileStatus } from '../../contract';
import type { IAnswer } from './question';

/** What an audit found about one dataset, by index of the input file. */
export interface IDatasetOutcome {
  readonly urls: readonly string[];
  readonly ids: readonly string[];
  /** null: no catalogue was asked; null within: the catalogue does not know that file. */
  readonly expected: readonly (number | null)[] | null;
  readonly answer: IAnswer;
}

/** What an audit found. */
export interface IOutcome {
  /** In the order of the samples JSON. */
  readonly datasets: ReadonlyMap<string, IDatasetOutcome>;
  /** Folders on disk that the samples JSON does not name. */
  readonly notInJson: readonly string[];
  /** What was not checked, and warnings. */
  readonly notes: readonly string[];
  readonly checked: 'names' | 'chunks';
}

/** How many input files of a dataset have each status; all zero where the dataset is unknown. */
export function countFiles({ answer }: IDatasetOutcome): FileCounts {
  const counts = noFiles();
  if (answer.unknown === null) {
    for (const status of answer.status) {
      counts[statusAt(status)] += 1;
    }
  }
  return counts;
}

/** The status a column holds. */
export function statusAt(code: number | undefined): FileStatus {
  return FILE_STATUSES[code ?? 0] ?? 'complete';
}

/** Events of a dataset: expected where every file has a number, and found in nominal. */
export function countEvents({ expected, answer }: IDatasetOutcome): {
  expected: number | null;
  found: number;
} {
  if (answer.unknown !== null) {
    return { expected: null, found: 0 };
  }
  let found = 0;
  answer.found.forEach(events => (found += events));
  let sum: number | null = expected ? 0 : null;
  for (const events of expected ?? []) {
    sum = sum === null || events === null ? null : sum + events;
  }
  return { expected: sum, found };
}
