// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FILE_STATUSES, noFiles } from '../../../contract';
import type { DatasetRow, FileStatus } from '../../../contract';
import { allFiles, doneShare, viewDatasets } from '../dataset-order';
import type { IDatasetView } from '../dataset-order';

const row = (dataset: string, more: Partial<DatasetRow> = {}): DatasetRow => ({
  dataset,
  inputs: 0,
  files: noFiles(),
  events: { expected: null, found: 0 },
  resubmit: 0,
  stale: 0,
  foreign: 0,
  variations: [],
  unknown: null,
  ...more
});

const view = (more: Partial<IDatasetView> = {}): IDatasetView => ({
  text: '',
  statuses: new Set(),
  key: 'json',
  descending: false,
  ...more
});

const rows = fc.array(
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 4 }),
      counts: fc.array(fc.nat(3), {
        minLength: FILE_STATUSES.length,
        maxLength: FILE_STATUSES.length
      }),
      found: fc.nat(5)
    })
    .map(({ name, counts, found }) => {
      const files = noFiles();
      FILE_STATUSES.forEach((status, i) => (files[status] = counts[i] ?? 0));
      const inputs = allFiles(files);
      return row(name, {
        files,
        inputs,
        events: { expected: null, found },
        resubmit: files.missing
      });
    })
);
const keys = fc.constantFrom('json', 'dataset', 'inputs', 'resubmit', 'found', 'expected', 'done');

it('loses no dataset and shows none twice, however it sorts', () => {
  fc.assert(
    fc.property(rows, keys, fc.boolean(), (all, key, descending) => {
      const shown = viewDatasets(all, view({ key, descending }));
      expect(new Set(shown)).toEqual(new Set(all));
      expect(shown).toHaveLength(all.length);
    })
  );
});

it('shows exactly the datasets that hold the text and one of the statuses', () => {
  const some = fc.uniqueArray(fc.constantFrom(...FILE_STATUSES));
  fc.assert(
    fc.property(rows, fc.string({ maxLength: 2 }), some, (all, text, chosen) => {
      const statuses = new Set<FileStatus>(chosen);
      const shown = viewDatasets(all, view({ text, statuses }));
      const truth = all.filter(
        ({ dataset, files }) =>
          dataset.toLowerCase().includes(text.toLowerCase()) &&
          (chosen.length === 0 || chosen.some(status => files[status] > 0))
      );
      expect(shown).toEqual(truth);
    })
  );
});

it('sorts by name without case, and by number', () => {
  const all = [row('b', { inputs: 10 }), row('A', { inputs: 9 }), row('c', { inputs: 100 })];
  const names = (more: Partial<IDatasetView>) => viewDatasets(all, view(more)).map(r => r.dataset);
  expect(names({ key: 'dataset' })).toEqual(['A', 'b', 'c']);
  expect(names({ key: 'inputs', descending: true })).toEqual(['c', 'b', 'A']);
  expect(names({ key: 'json', descending: true })).toEqual(['c', 'A', 'b']);
});

it('never counts a dataset that could not be answered as done', () => {
  const files = { ...noFiles(), complete: 3 };
  const all = [
    row('fine', { inputs: 3, files }),
    row('unknown', { inputs: 3, files, unknown: 'no proxy' })
  ];
  expect(viewDatasets(all, view({ key: 'done' }))[0]?.dataset).toBe('unknown');
  expect(viewDatasets(all, view({ key: 'resubmit', descending: true }))[0]?.dataset).toBe(
    'unknown'
  );
});

it('counts an explained empty selection as done, and nothing of nothing as unknown', () => {
  const files = { ...noFiles(), complete: 1, empty: 1, 'no-events': 1, missing: 1 };
  expect(doneShare(row('x', { inputs: 4, files }))).toBe(0.75);
  expect(doneShare(row('x'))).toBeNull();
});
