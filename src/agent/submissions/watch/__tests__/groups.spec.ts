import { describe, expect, it } from 'vitest';
import { emptyRow } from '../../schedulers/scheduler';
import { Errors, alikeKey, alikeOf, groupsOf, jobsLike } from '../groups';
import { JobTable } from '../table';
import type { IWatchedRow } from '../row';
import { unreadOf } from '../unread';

const HELD = { code: 3, subcode: 107, reason: 'exit status 107' };

function tableOf(jobs: number, rowOf: (proc: number) => Partial<IWatchedRow>): JobTable {
  const table = new JobTable(0);
  table.add('AN-GJet', 'GJet', jobs, { state: 'pending', said: 'Submitted' });
  for (let proc = 0; proc < jobs; proc++) {
    const row = {
      ...emptyRow(proc, 'pending', 'Idle'),
      error: null,
      isUnwanted: false,
      revision: 0
    };
    table.put('AN-GJet', { ...row, since: proc, ...rowOf(proc) });
  }
  return table;
}

const held = (error: string | null) =>
  ({ state: 'held', hold: HELD, reason: HELD.reason, error }) as const;

describe('groups of jobs', () => {
  it.each([
    ['OSError: /eos/a/nano_1.root is gone', 'OSError: /eos/b/nano_22.root is gone'],
    ['ValueError: 3 of 5', 'ValueError: 12 of 700'],
    ['error at 0x7ffe12', 'error at 0x55aa'],
    ['FileNotFoundError: root://a//store/x.root', 'FileNotFoundError: root://b//store/y.root'],
    ['cannot read nano_1.root', 'cannot read nano_2.root']
  ])('%s and %s are one', (a, b) => {
    expect(alikeKey(a)).toBe(alikeKey(b));
  });

  it('different words are two, the larger first, with one job to look at', () => {
    const table = tableOf(10, proc => held(proc < 3 ? 'KeyError: a' : `OSError: /x/${proc}.root`));
    expect(groupsOf(table)).toMatchObject([
      { state: 'held', words: 'OSError: /x/3.root', jobs: 7, cluster: 'AN-GJet', proc: 3 },
      { words: 'KeyError: a', jobs: 3, proc: 0 }
    ]);
  });

  it('what Python lacks memory for is retried with more', () => {
    const advice = (row: Partial<IWatchedRow>) => groupsOf(tableOf(1, () => row))[0]?.advice;
    expect(advice(held('MemoryError: 3 GiB'))).toBe('Retry them with more memory.');
    const failed = { state: 'failed', exitCode: 1, error: '_ArrayMemoryError: 9 GiB' } as const;
    expect(advice(failed)).toBe('Retry them with more memory.');
    expect(advice(held('NoMemoryErrorAtAll: 3'))).not.toContain('memory');
  });

  it('the jobs of a group are those that are counted in it', () => {
    const table = tableOf(10, proc => held(proc % 3 === 0 ? 'KeyError: a' : `OSError: /${proc}`));
    const [larger, smaller] = groupsOf(table);
    expect([larger?.jobs, smaller?.jobs]).toEqual([6, 4]);
    expect(jobsLike(table, { cluster: 'AN-GJet', proc: 9 })).toEqual([
      { cluster: 'AN-GJet', procs: [0, 3, 6, 9] }
    ]);
    expect(jobsLike(table, { cluster: 'AN-GJet', proc: 1 })).toEqual([
      { cluster: 'AN-GJet', procs: [1, 2, 4, 5, 7, 8] }
    ]);
  });

  it('a job without a reason is like no other', () => {
    const table = tableOf(3, proc => (proc === 0 ? held('KeyError: a') : { state: 'running' }));
    expect(jobsLike(table, { cluster: 'AN-GJet', proc: 1 })).toEqual([]);
    expect(jobsLike(table, { cluster: 'AN-Gone', proc: 0 })).toEqual([]);
  });

  it('of many that ended alike some are read, the others are taken to say the same', () => {
    const table = tableOf(1000, () => held(null));
    expect(groupsOf(table)).toMatchObject([{ words: 'exit status 107', jobs: 1000 }]);
    let read = 0;
    for (let look = unreadOf(table, alikeKey); look.next.length > 0;) {
      read += look.next.length;
      look.next.forEach(({ cluster, row }) => table.put(cluster, { ...row, error: 'KeyError: a' }));
      look = unreadOf(table, alikeKey);
    }
    expect(read).toBe(20); // and not one thousand
    expect(groupsOf(table)).toMatchObject([{ words: 'KeyError: a', jobs: 1000 }]);
  });

  it('where those that were read differ, nothing is said of the others', () => {
    const table = tableOf(100, proc =>
      held(proc < 10 ? (proc % 2 === 0 ? 'KeyError: a' : 'OSError') : null)
    );
    expect(groupsOf(table).map(({ words, jobs }) => [words, jobs])).toEqual([
      ['exit status 107', 90],
      ['KeyError: a', 5],
      ['OSError', 5]
    ]);
  });

  it('the first 20 that ended say whether all fail alike, not who was held by hand', () => {
    const byHand = { state: 'held', hold: { code: 1, subcode: 0, reason: 'by me' } } as const;
    const fails = tableOf(30, proc => (proc < 5 ? byHand : held(`OSError: ${proc}`)));
    expect(alikeOf(fails)).toEqual(new Map([['GJet', 'OSError: 5']]));
    const one = tableOf(30, proc => (proc === 7 ? { state: 'succeeded' } : held('OSError')));
    expect(alikeOf(one)).toEqual(new Map());
    const late = tableOf(30, proc => (proc === 29 ? { state: 'succeeded' } : held('OSError')));
    expect(alikeOf(late).get('GJet')).toBe('OSError');
    expect(alikeOf(tableOf(19, () => held('OSError')))).toEqual(new Map());
  });

  it('a fenced job says so, whatever its stderr says', () => {
    const fenced = { code: 3, subcode: 120, reason: 'exit status 120' };
    const table = tableOf(1, () => ({ ...held('hepbatch: this is cluster 2'), hold: fenced }));
    expect(groupsOf(table)[0]?.words).toMatch(/^fenced: another cluster/);
    const local = tableOf(1, () => ({ state: 'failed', exitCode: 120, error: 'hepbatch: x' }));
    expect(groupsOf(local)[0]?.words).toMatch(/^fenced: /);
  });

  it('what Slurm says of an end or a wait comes before stderr', () => {
    const slurm = (said: string, error: string | null) =>
      groupsOf(tableOf(1, () => ({ state: 'failed', said, exitSignal: 9, error })))[0]?.words;
    expect(slurm('TIMEOUT', 'KeyError: a')).toBe('it ran longer than it may');
    expect(slurm('FAILED', 'slurmstepd: error: Exceeded job memory limit')).toBe(
      'it used more memory than it asked for'
    );
    expect(slurm('FAILED', '')).toBe('killed by signal 9');
    const waits = (reason: string) =>
      groupsOf(tableOf(1, () => ({ state: 'pending', said: 'PENDING', reason })));
    expect(waits('Priority')).toEqual([]);
    expect(waits('PartitionTimeLimit')[0]?.words).toMatch(/more time than its partition gives/);
  });

  it('what one says is asked of itself first', () => {
    const table = tableOf(5, proc => held(proc < 4 ? 'KeyError: a' : null));
    const errors = new Errors(table);
    const row = table.row('AN-GJet', 4);
    expect(row === undefined ? '' : errors.of('GJet', row)).toBe('KeyError: a');
    expect(row === undefined ? '' : errors.of('GJet', { ...row, error: 'OSError' })).toBe(
      'OSError'
    );
  });
});
