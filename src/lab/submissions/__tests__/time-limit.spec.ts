import { expect, it } from 'vitest';
import { timeLimit } from '../time-limit';

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
])('is that of %s', (_, asked, defaults, seconds) => {
  expect(timeLimit(asked, defaults)).toBe(seconds);
});
