import { describe, expect, it } from 'vitest';
import { HepbatchError } from '../../../../../contract';
import { golden } from '../../../__tests__/golden';
import { isRefusal, parseFactories, parseFound, parseSchedd } from '../answers';
import { parseSubmitted, parseVersion, parseWarnings, rowOf } from '../answers';
import { parseJobs } from './parse-jobs';

const said = (name: string) => golden('htcondor-23.9.6', name);
const queue = (name: string) => parseJobs(said(name).stdout).map(ad => rowOf(ad, true));
const history = (name: string) => parseJobs(said(name).stdout).map(ad => rowOf(ad, false));

describe('what condor_submit prints', () => {
  it.each([
    ['submit', { id: '2', jobs: 2 }],
    ['submit-terse', { id: '3', jobs: 2 }],
    ['submit-spooled', { id: '14', jobs: 1 }]
  ])('%s names a cluster and its jobs', (name, expected) => {
    expect(parseSubmitted(said(name).stdout)).toEqual(expected);
  });

  it('a line of one job or of many is read, text around it is not', () => {
    expect(parseSubmitted('7.0\n')).toEqual({ id: '7', jobs: 1 });
    expect(parseSubmitted('7.3 - 7.12\n')).toEqual({ id: '7', jobs: 10 });
    expect(parseSubmitted('7.0 - 8.12\n')).toBeNull();
    expect(parseSubmitted('Submitting job(s)')).toBeNull();
  });

  it('an answer that was cut off names no other cluster or number of jobs', () => {
    for (const whole of ['12.0 - 12.199\n', '200 job(s) submitted to cluster 12.\n']) {
      const cuts = Array.from({ length: whole.length - 1 }, (_, at) => whole.slice(0, at));
      for (const cut of cuts) {
        const made = parseSubmitted(cut);
        // `12.0 - 12.1` is a whole answer too; the end of the command tells that it was cut.
        expect([null, '12']).toContain(made?.id ?? null);
      }
    }
  });

  it.each([
    'submit-no-executable',
    'submit-no-list',
    'submit-no-queue',
    'submit-bad-quotes',
    'submit-bad-expression',
    'submit-bad-size',
    'submit-no-description',
    'submit-unknown-schedd',
    'down-submit'
  ])('%s is a refusal: nothing was begun', name => {
    const { code, stderr, stdout } = said(name);
    expect(code).not.toBe(0);
    expect(isRefusal(stderr)).toBe(true);
    expect(parseSubmitted(stdout)).toBeNull();
  });

  it('words that may come after the commit are no refusal', () => {
    expect(isRefusal('ERROR: Failed to commit job submission into the queue.')).toBe(false);
    expect(isRefusal('ERROR: Failed to spool job files.')).toBe(false);
    expect(isRefusal('')).toBe(false);
  });

  it('an unknown word is a warning with exit 0, and the jobs are queued', () => {
    const { code, stderr, stdout } = said('submit-unknown-word');
    expect(code).toBe(0);
    expect(parseSubmitted(stdout)).toEqual({ id: '20', jobs: 1 });
    expect(parseWarnings(stderr)).toEqual([
      "the line 'retry_request_memory = 2G' was unused by condor_submit. Is it a typo?"
    ]);
  });
});

describe('what condor_q and condor_history print', () => {
  it('no match is zero bytes and exit 0 from condor_q, an empty list from condor_history', () => {
    expect(said('q-none')).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(parseJobs(said('q-none').stdout)).toEqual([]);
    expect(parseJobs(said('history-none').stdout)).toEqual([]);
  });

  it('what waits, runs and is held has our word for it', () => {
    expect(queue('q-idle').map(({ state, said }) => [state, said])).toEqual([
      ['pending', 'Idle'],
      ['pending', 'Idle']
    ]);
    const running = queue('q-running');
    expect(running.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(running.map(({ node }) => node)).not.toContain(null);
  });

  it('holds keep code, subcode and reason', () => {
    expect(queue('q-held').map(({ hold }) => [hold?.code, hold?.subcode])).toEqual([
      [21, 102],
      [3, 3],
      [3, 9],
      [13, 2],
      [12, 2],
      [6, 13]
    ]);
    expect(queue('q-held')[0]).toMatchObject({
      state: 'held',
      memoryMb: 318,
      requestedMemoryMb: 100,
      reason: 'Error from slot1_1@host: memory usage exceeded request_memory'
    });
  });

  it('a job that is held while its inputs are spooled waits', () => {
    const [ad] = parseJobs(
      '[{"ClusterId": 3, "ProcId": 0, "JobStatus": 5, "HoldReasonCode": 16, "HoldReason": "Spooling input data files"}]'
    );
    expect(ad && rowOf(ad, true)).toMatchObject({ state: 'pending', hold: null });
  });

  it('a spooled job that is fetched and taken away ended as it ended, not removed', () => {
    expect(history('history-spooled')).toMatchObject([{ state: 'succeeded', exitCode: 0 }]);
    expect(queue('q-spooled')).toMatchObject([{ state: 'succeeded', exitCode: 0 }]);
    expect(history('history-removed')).toMatchObject([
      { state: 'removed', exitCode: null, reason: 'via condor_rm (by user user)' },
      { state: 'removed', exitCode: null }
    ]);
  });

  it('a held job with an exit code that was removed is removed', () => {
    // Seen in 23.9.6: on_exit_hold, then condor_rm, leaves ExitCode and no CompletionDate.
    const [ad] = parseJobs('[{"ClusterId": 2, "ProcId": 0, "JobStatus": 3, "ExitCode": 1}]');
    expect(ad && rowOf(ad, false).state).toBe('removed');
  });

  it('ended jobs have their exit code or signal', () => {
    expect(history('history-succeeded').map(row => [row.proc, row.state, row.exitCode])).toEqual([
      [1, 'succeeded', 0],
      [0, 'succeeded', 0]
    ]);
    expect(history('history-failed')).toMatchObject([{ state: 'failed', exitCode: 7, starts: 2 }]);
    expect(history('history-killed')).toMatchObject([
      { state: 'failed', exitCode: null, exitSignal: 9 }
    ]);
    expect(history('history-ruled-out')).toMatchObject([{ state: 'removed' }]);
  });

  it('a completed job without an exit code is unknown', () => {
    const [ad] = parseJobs('[{"ClusterId": 1, "ProcId": 0, "JobStatus": 4}]');
    expect(ad && rowOf(ad, false).state).toBe('unknown');
  });

  it('every attribute of a job is taken, also those that were not evaluated', () => {
    expect(history('history-all')).toMatchObject([{ state: 'succeeded' }]);
    expect(queue('q-running-all')).toMatchObject([{ state: 'running' }]);
  });

  it('jobs that are not yet made are told by the factory', () => {
    expect(parseFactories(said('q-late-factory').stdout)).toEqual(new Map([['15', 2]]));
    expect(queue('q-late')).toHaveLength(2);
  });

  it('an answer that was cut off is corrupt, never fewer jobs', () => {
    const whole = said('q-held').stdout.trimEnd();
    for (let at = 1; at < whole.length; at++) {
      expect(() => parseJobs(whole.slice(0, at)), `cut at ${at}`).toThrow(HepbatchError);
    }
  });

  it('version, schedd and token are read', () => {
    expect(parseVersion(said('version').stdout)).toBe('23.9.6');
    expect(parseSchedd(said('q-plain').stdout)).toBe('schedd-a@testbed');
    expect(parseFound(said('q-by-token').stdout)).toEqual([
      { ClusterId: 2, ProcId: 0 },
      { ClusterId: 2, ProcId: 1 }
    ]);
  });
});

it('an answer is the same in whatever parts it comes', () => {
  for (const name of ['q-idle', 'q-held', 'history-all']) {
    const { stdout } = said(name);
    for (const size of [1, 2, 7, 64, 1_000_000]) {
      expect(parseJobs(stdout, size)).toEqual(parseJobs(stdout));
    }
  }
  expect(parseJobs(said('q-idle').stdout)).toHaveLength(2);
});
