import { expect, it } from 'vitest';
import { memoryLimit, timeLimit } from '../limits';

it.each([
  ['a flavour', { queue: 'workday' }, {}, 28_800],
  ['a wall time', { walltime: '08:30:10' }, {}, 30_610],
  ['one with days', { walltime: '2-00:00:00' }, {}, 172_800],
  ['a wall time before a flavour', { walltime: '01:00:00', queue: 'nextweek' }, {}, 3_600],
  ['the flavour of the connection', {}, { flavour: 'espresso' }, 1_200],
  ['what was asked before that', { queue: 'tomorrow' }, { flavour: 'espresso' }, 86_400],
  ['the wall time of the connection', {}, { walltime: '00:10:00' }, 600],
  ['a partition, which has no time here', { queue: 'batch' }, {}, null],
  ['nothing', {}, {}, null],
  ['no time', { walltime: 'long' }, {}, null]
])('how long: %s', (_, asked, defaults, seconds) => {
  expect(timeLimit(asked, defaults)).toBe(seconds);
});

it.each([
  [4000, {}, 4000],
  ['10GB', {}, 10_240],
  ['1.5 GiB', {}, 1536],
  ['512k', {}, 1],
  [undefined, { memory: '100MB' }, 100],
  ['2GB', { memory: '100MB' }, 2048],
  [undefined, {}, null]
])('how much memory: %j', (memory, defaults, mb) => {
  expect(memoryLimit({ memory }, defaults)).toBe(mb);
});
