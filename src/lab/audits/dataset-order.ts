import { FILE_STATUSES } from '../../contract';
import type { DatasetRow, FileStatus } from '../../contract';

/** By what the dataset table can be sorted; `json`: as in the samples JSON. */
export type DatasetKey = 'json' | 'dataset' | 'inputs' | 'resubmit' | 'found' | 'expected' | 'done';

/** What of the datasets is shown. */
export interface IDatasetView {
  readonly text: string;
  readonly statuses: ReadonlySet<FileStatus>;
  readonly key: DatasetKey;
  readonly descending: boolean;
}

/** The datasets that hold the text and one of the statuses, sorted; equal ones keep their order. */
export function viewDatasets(rows: readonly DatasetRow[], view: IDatasetView): DatasetRow[] {
  const text = view.text.toLowerCase();
  const shown = rows.filter(
    row =>
      row.dataset.toLowerCase().includes(text) &&
      (view.statuses.size === 0 || [...view.statuses].some(status => row.files[status] > 0))
  );
  if (view.key === 'json') {
    return view.descending ? shown.reverse() : shown;
  }
  const sign = view.descending ? -1 : 1;
  const key = view.key;
  return shown.sort((a, b) => sign * compare(sortValue(a, key), sortValue(b, key)));
}

/** Share of input files that need nothing more, between 0 and 1; null without input files. */
export function doneShare(row: DatasetRow): number | null {
  return row.inputs === 0 ? null : fineFiles(row.files) / row.inputs;
}

/** Files with nothing left to do: complete, without events, or explained by an empty selection. */
export function fineFiles(files: DatasetRow['files']): number {
  return files.complete + files['no-events'] + files.empty;
}

/** How many files there are of all statuses. */
export function allFiles(files: DatasetRow['files']): number {
  return FILE_STATUSES.reduce((sum, status) => sum + files[status], 0);
}

function sortValue(row: DatasetRow, key: Exclude<DatasetKey, 'json'>): number | string {
  switch (key) {
    case 'dataset':
      return row.dataset.toLowerCase();
    case 'inputs':
      return row.inputs;
    case 'resubmit':
      return row.unknown === null ? row.resubmit : Number.MAX_SAFE_INTEGER;
    case 'found':
      return row.events.found;
    case 'expected':
      return row.events.expected ?? -1;
    case 'done':
      return row.unknown === null ? (doneShare(row) ?? 1) : -1;
  }
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
