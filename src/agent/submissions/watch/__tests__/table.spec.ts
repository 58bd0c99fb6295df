import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobCounts } from '../../../../contract';
import { golden } from '../../__tests__/golden';
import { parseEvents } from '../../schedulers/htcondor/event-log';
import type { ILogEvent } from '../../schedulers/htcondor/event-log';
import { emptyRow } from '../../schedulers/scheduler';
import { afterAnswer } from '../row';
import { JobTable } from '../table';
import { takeEvents } from '../take-events';

const CLOCK = { zoneMinutes: 0, nowSeconds: Date.parse('2026-11-26T00:00:00Z') / 1000 };
const STATES = ['pending', 'running', 'held', 'succeeded', 'failed', 'removed', 'unknown'] as const;
const FIRST = { state: 'pending', said: 'Submitted' } as const;

/** Real lives of jobs, each as a job of a cluster of its own. */
const LIVES = ['succeeded', 'failed', 'held', 'evicted', 'killed', 'ruled-out'].map(name => ({
  name,
  events: parseEvents(Buffer.from(golden('htcondor-23.9.6', `event-log-${name}`).stdout)).events
}));

const nameOf = new Map(LIVES.map(({ events }, i) => [events[0]?.clusterId ?? '', `AN-${i}`]));

function newTable(): JobTable {
  const table = new JobTable(0);
  LIVES.forEach((_, i) => table.add(`AN-${i}`, i % 2 === 0 ? 'GJet' : 'DY', 1, FIRST));
  return table;
}

function counted(table: JobTable, dataset?: string): JobCounts {
  const counts: JobCounts = {};
  for (const { dataset: own, row } of table.all()) {
    if (dataset === undefined || dataset === own) {
      counts[row.state] = (counts[row.state] ?? 0) + 1;
    }
  }
  return counts;
}

const statesOf = (table: JobTable) =>
  [...table.all()].map(({ row: { state, said } }) => [state, said]);
const take = (table: JobTable, events: readonly ILogEvent[]) =>
  takeEvents(table, events, nameOf, CLOCK);

describe('rows of jobs', () => {
  const whole = newTable();
  LIVES.forEach(({ events }) => take(whole, events));

  it('end as the logs of real jobs tell', () => {
    const states = statesOf(whole).map(([state]) => state);
    expect(states.slice(0, 3)).toEqual(['succeeded', 'failed', 'held']);
    expect(states.slice(4)).toEqual(['failed', 'removed']);
  });

  it('are the same however logs are cut, mixed, and told from their beginning again', () => {
    const step = fc.record({
      log: fc.nat(LIVES.length - 1),
      events: fc.integer({ min: 1, max: 5 }),
      isAnew: fc.boolean()
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const table = newTable();
        const read = LIVES.map(() => 0);
        const rest = LIVES.map((_, log) => ({ log, events: Infinity, isAnew: false }));
        for (const { log, events, isAnew } of [...steps, ...rest]) {
          const from = read[log] ?? 0;
          const to = from + events;
          take(table, (LIVES[log]?.events ?? []).slice(isAnew ? 0 : from, to));
          read[log] = to;
          expect(table.counts()).toEqual(counted(table));
        }
        expect(statesOf(table)).toEqual(statesOf(whole));
      }),
      { numRuns: 200 }
    );
  });

  it('are counted right, and told of once each, whatever events and answers come', () => {
    const change = fc.record({
      proc: fc.nat(9),
      cluster: fc.constantFrom('a', 'b'),
      state: fc.constantFrom(...STATES),
      at: fc.nat(100)
    });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 80 }),
        fc.integer({ min: 1, max: 7 }),
        (all, most) => {
          const table = new JobTable(1000);
          table.add('a', 'GJet', 10, FIRST);
          table.add('b', 'DY', 10, FIRST);
          const client = new Map<string, string>();
          let after = 0;
          const ask = () => {
            for (let more = true; more;) {
              const page = table.after(after, most, () => null);
              page.jobs.forEach(job => client.set(`${job.cluster}.${job.proc}`, job.state));
              expect(page.revision).toBeGreaterThanOrEqual(after);
              after = page.revision;
              more = page.more;
            }
          };
          for (const [i, { cluster, proc, state, at }] of all.entries()) {
            const row = table.row(cluster, proc);
            const told = { ...emptyRow(proc, state, state), since: at };
            if (row !== undefined) {
              table.put(cluster, afterAnswer(row, told, at));
            }
            if (i % 5 === 0) {
              ask();
            }
            expect(table.counts()).toEqual(counted(table));
            expect(table.counts('DY')).toEqual(counted(table, 'DY'));
          }
          ask();
          const rows = [...table.all()].map(({ cluster, row }) => [
            `${cluster}.${row.proc}`,
            row.state
          ]);
          expect([...client].sort()).toEqual(rows.sort());
          expect(table.after(after, most, () => null)).toEqual({
            jobs: [],
            revision: after,
            more: false
          });
        }
      )
    );
  });

  it('an answer is later than the events before it, but an end stays an end', () => {
    const table = newTable();
    const row = table.row('AN-0', 0);
    const done = whole.row('AN-0', 0);
    if (row === undefined || done === undefined) {
      throw new Error('no row');
    }
    const held = { ...emptyRow(0, 'held', 'Held'), since: 200 };
    const answered = afterAnswer({ ...row, state: 'running', since: 100 }, held, 300);
    expect(answered).toMatchObject({ state: 'held', since: 200 });
    expect(afterAnswer(done, held, 300).state).toBe('succeeded');
    const nobody = emptyRow(0, 'unknown', 'not in queue or history');
    expect(afterAnswer(answered, nobody, 400)).toMatchObject({ state: 'unknown', since: 400 });
    expect(afterAnswer({ ...answered, isUnwanted: true }, nobody, 400).state).toBe('removed');
  });

  it('a log that is told anew changes nothing of what the queue told later', () => {
    const table = newTable();
    const begin = (LIVES[0]?.events ?? []).filter(({ kind }) => kind < 2);
    take(table, begin);
    const row = table.row('AN-0', 0);
    expect(row?.state).toBe('running');
    const held = { ...emptyRow(0, 'held', 'Held'), since: (row?.since ?? 0) + 100 };
    if (row !== undefined) {
      table.put('AN-0', afterAnswer(row, held, held.since));
    }
    take(table, begin);
    expect(table.row('AN-0', 0)).toMatchObject({ state: 'held', starts: 1 });
    take(table, LIVES[0]?.events ?? []);
    expect(table.row('AN-0', 0)?.state).toBe('succeeded');
  });

  it('a cluster that turns out to be another one begins anew and is counted once', () => {
    const table = newTable();
    table.add('AN-0', 'GJet', 1, { state: 'unknown', said: 'x' });
    expect(table.size).toBe(LIVES.length);
    expect(table.counts()).toEqual(counted(table));
  });
});
