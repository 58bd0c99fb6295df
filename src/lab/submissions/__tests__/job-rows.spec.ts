import { expect, it } from 'vitest';
import { jobKey, selectionOf, shownJobs } from '../job-rows';
import type { IJobFilter } from '../job-rows';
import { job } from './jobs';

const ALL: IJobFilter = {
  states: new Set(),
  dataset: null,
  text: '',
  key: 'job',
  descending: false
};
const JOBS = [
  job({ proc: 0, state: 'succeeded', wallSeconds: 60, node: 'b1' }),
  job({ proc: 1, state: 'failed', wallSeconds: null, reason: 'ModuleNotFoundError: coffea' }),
  job({ proc: 2, state: 'succeeded', wallSeconds: 20, node: 'b2' }),
  job({ cluster: 'AN-Data', dataset: 'Data', state: 'held', wallSeconds: 20 })
];
const procs = (filter: Partial<IJobFilter>) => shownJobs(JOBS, { ...ALL, ...filter }).map(jobKey);

it('shows jobs of some states, of a sample, or with a word', () => {
  expect(procs({ states: new Set(['failed', 'held']) })).toEqual(['AN-GJet#1', 'AN-Data#0']);
  expect(procs({ dataset: 'Data' })).toEqual(['AN-Data#0']);
  expect(procs({ text: 'COFFEA' })).toEqual(['AN-GJet#1']);
  expect(procs({ text: 'b2' })).toEqual(['AN-GJet#2']);
  expect(procs({ text: 'an-gjet.0' })).toEqual(['AN-GJet#0']);
});

it('sorts, what is not told least, those alike as they were', () => {
  expect(procs({ key: 'wall' })).toEqual(['AN-GJet#1', 'AN-GJet#2', 'AN-Data#0', 'AN-GJet#0']);
  expect(procs({ key: 'wall', descending: true })).toEqual([
    'AN-GJet#0',
    'AN-GJet#2',
    'AN-Data#0',
    'AN-GJet#1'
  ]);
});

it('names exactly the chosen jobs', () => {
  expect(selectionOf(JOBS.slice(1))).toEqual({
    kind: 'jobs',
    jobs: [
      { cluster: 'AN-GJet', procs: [1, 2] },
      { cluster: 'AN-Data', procs: [0] }
    ]
  });
});
