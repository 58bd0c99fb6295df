import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden } from '../../../__tests__/golden';
import { EVENT, parseEvents, rowsOf } from '../event-log';

const log = (name: string) => Buffer.from(golden('htcondor-23.9.6', `event-log-${name}`).stdout);
const rows = (name: string) => [...rowsOf(parseEvents(log(name)).events).values()];

describe('event logs', () => {
  it.each([
    [
      'succeeded',
      [
        ['succeeded', 0],
        ['succeeded', 0]
      ]
    ],
    ['failed', [['failed', 7]]],
    ['killed', [['failed', null]]],
    ['held', [['held', null]]],
    [
      'evicted',
      [
        ['removed', null],
        ['removed', null]
      ]
    ],
    ['ruled-out', [['removed', null]]]
  ])('%s: each job ends as HTCondor says', (name, expected) => {
    expect(rows(name).map(({ state, exitCode }) => [state, exitCode])).toEqual(expected);
  });

  it('a hold has code, subcode and reason, and memory beside the request', () => {
    expect(rows('held')[0]).toMatchObject({
      hold: {
        code: 21,
        subcode: 102,
        reason: 'Error from slot1_1@host: memory usage exceeded request_memory'
      },
      memoryMb: 308,
      node: 'slot1_1@host'
    });
    expect(rows('succeeded')[0]).toMatchObject({ memoryMb: 2, requestedMemoryMb: 100 });
    expect(rows('killed')[0]).toMatchObject({ exitSignal: 9 });
    expect(rows('ruled-out')[0]?.reason).toContain('PeriodicRemove expression');
  });

  it('on the way each job is what its last event makes of it', () => {
    const { events } = parseEvents(log('evicted'));
    const states = (count: number) =>
      [...rowsOf(events.slice(0, count)).values()].map(({ state }) => state);
    expect(states(2)).toEqual(['pending', 'pending']);
    expect(states(4)).toEqual(['running', 'running']);
    expect(events[6]?.kind).toBe(EVENT.evicted);
    expect(states(7)).toEqual(['running', 'pending']);
  });

  it('events that come twice change nothing', () => {
    for (const name of ['succeeded', 'failed', 'held', 'evicted']) {
      const { events } = parseEvents(log(name));
      const once = rowsOf(events);
      expect(rowsOf([...events, ...events])).toEqual(once);
      if (name !== 'held') {
        expect(rowsOf([...events, ...events.slice(0, 3)])).toEqual(once); // its end stays its end
      }
      expect(rowsOf(events.flatMap(event => [event, event]))).toEqual(once);
    }
  });

  it('an eviction that is written after its hold belongs to it', () => {
    const { events } = parseEvents(log('held'));
    const evicted = events.filter(({ kind }) => kind === EVENT.evicted);
    expect(evicted).toHaveLength(1);
    expect(rowsOf([...events, ...evicted]).get(0)).toEqual(rowsOf(events).get(0));
  });

  it('cut anywhere and read on, the events are the same', () => {
    const data = Buffer.concat(['held', 'evicted', 'failed'].map(log));
    const whole = parseEvents(data);
    expect(whole.bytes).toBe(data.length);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: data.length }), cut => {
        const first = parseEvents(data.subarray(0, cut));
        const rest = parseEvents(data.subarray(first.bytes));
        expect([...first.events, ...rest.events]).toEqual(whole.events);
      })
    );
  });

  it('a piece that a dead writer left does not hide the event after it', () => {
    const data = Buffer.concat([
      Buffer.from('005 (010.000.000) 2026-11'),
      Buffer.from('\n'),
      log('failed')
    ]);
    expect(parseEvents(data).events).toEqual(parseEvents(log('failed')).events);
  });

  it('released and run again, a job is no longer held', () => {
    const tail = [
      '013 (004.000.000) 2026-11-25 19:20:00 Job was released.',
      '\tvia condor_release (by user user)',
      '...',
      '001 (004.000.000) 2026-11-25 19:20:01 Job executing on host: <127.0.0.1:1>',
      '...',
      ''
    ].join('\n');
    const { events } = parseEvents(Buffer.concat([log('held'), Buffer.from(tail)]));
    expect(rowsOf(events.slice(0, -1)).get(0)).toMatchObject({ state: 'pending', hold: null });
    expect(rowsOf(events).get(0)).toMatchObject({ state: 'running', reason: null });
  });

  it('the old form of dates is read too', () => {
    const text = '000 (7.003.000) 11/25 19:20:01 Job submitted from host: <127.0.0.1:1>\n...\n';
    expect(parseEvents(Buffer.from(text)).events).toMatchObject([
      { kind: 0, clusterId: '7', proc: 3, at: '11/25 19:20:01' }
    ]);
  });
});
