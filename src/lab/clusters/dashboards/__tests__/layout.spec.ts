import { expect, it } from 'vitest';
import { defaultLayout } from '../layout';

const plots = (...paths: string[]) =>
  paths.map(path => ({ title: path, path, kind: 'plot' as const }));

it('puts the usual plots beside each other', () => {
  const pages = plots(
    'status',
    'individual-progress',
    'individual-task-stream',
    'individual-workers-memory'
  );
  expect(defaultLayout(pages)).toEqual([
    { path: 'individual-task-stream', mode: 'tab-after', beside: null },
    { path: 'individual-progress', mode: 'split-bottom', beside: 0 },
    { path: 'individual-workers-memory', mode: 'split-right', beside: 1 }
  ]);
});

it('begins with what there is, and never beside what is not opened yet', () => {
  const [first, second] = defaultLayout(
    plots('individual-workers-memory', 'individual-nprocessing')
  );
  expect(first).toEqual({ path: 'individual-workers-memory', mode: 'tab-after', beside: null });
  expect(second?.beside).toBe(0);
});

it('is the status page where no plot is known', () => {
  expect(defaultLayout([])).toEqual([{ path: 'status', mode: 'tab-after', beside: null }]);
});
