import { expect, it } from 'vitest';
import { kindOf } from '../selected-json';

it.each([
  ['samples', { GJet: ['root://x//a.root'], Data: [] }],
  ['samples', { year: ['/data/of-a-sample-called-year.root'] }],
  ['runner', { samplejson: 'samples.json' }],
  ['runner', { workflow: 'tagandprobe', year: { GJet: ['2022'] }, corrections: {} }],
  [null, { workflow: ['a'], taggers: 3 }],
  [null, { cells: [], nbformat: 4 }],
  [null, ['a.root']],
  [null, 'text'],
  [null, null]
])('takes for %s: %j', (kind, json) => {
  expect(kindOf(json)).toBe(kind);
});
