import { expect, it } from 'vitest';
import { Lost, Turns } from '../ask';
import { endOfAll } from '../estimate';
import { emptyRow } from '../../schedulers/scheduler';
import { logPath } from '../paths';

it('a queue is asked once a minute, later where it is slow or silent', () => {
  const turns = new Turns('htcondor');
  expect(turns.isDue(0)).toBe(true);
  turns.answered(0, 1000);
  expect([turns.isDue(59_999), turns.isDue(60_000)]).toEqual([false, true]);
  turns.answered(60_000, 90_000); // took half a minute: five minutes until the next
  expect([turns.isDue(359_999), turns.isDue(360_000)]).toEqual([false, true]);
  turns.failed(360_000, 360_000);
  turns.failed(420_000, 420_000);
  expect([turns.isDue(539_999), turns.isDue(540_000)]).toEqual([false, true]);
  for (let i = 0; i < 50; i++) {
    turns.failed(0, 0);
  }
  expect(turns.isDue(600_000)).toBe(true);
});

it('a cluster that nobody knows is asked for three times, then rarely, and at once when it is back', () => {
  const lost = new Lost();
  const asked = Array.from({ length: 21 }, () => {
    const is = lost.isAsked('a');
    lost.note('a', true);
    return is;
  });
  expect(asked.flatMap((is, i) => (is ? [i] : []))).toEqual([0, 1, 2, 10, 20]);
  lost.note('a', false);
  expect(lost.isAsked('a')).toBe(true);
});

it('the end is estimated from what ended and from how many run', () => {
  const row = (state: 'succeeded' | 'running' | 'pending', more = {}) => ({
    row: { ...emptyRow(0, state, ''), error: null, isUnwanted: false, revision: 0, ...more }
  });
  const ended = row('succeeded', { wallSeconds: 100 });
  const running = row('running', { since: 940 });
  expect(endOfAll([ended, running, row('pending'), row('pending')], 1000)).toBe(1240);
  expect(endOfAll([ended, row('pending')], 1000)).toBe(null);
  expect(endOfAll([running], 1000)).toBe(null);
});

it('numbers are put into the paths of logs', () => {
  const condor = {
    log: 'a.$(ClusterId).log',
    output: 'a.$(Cluster).$(Process)',
    error: '$(ProcId)'
  };
  expect(logPath(condor, 'events', 'htcondor', { id: '7' }, 3)).toBe('a.7.log');
  expect(logPath(condor, 'output', 'htcondor', { id: '7' }, 3)).toBe('a.7.3');
  const slurm = { log: null, output: 'a_%A_%a', error: 'a_%j' };
  expect(logPath(slurm, 'output', 'slurm', { id: '7' }, 3)).toBe('a_7_3');
  expect(logPath(slurm, 'events', 'slurm', { id: '7' }, 3)).toBe(null);
});
