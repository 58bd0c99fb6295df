import { describe, expect, it } from 'vitest';
import { golden } from '../../../__tests__/golden';
import { isRefusal, megabytesOf, nameInComment, parseEnded, parseFoundEnded } from '../answers';
import { parseQueue, parseShown, parseSubmitted, secondsOf } from '../answers';

const GENERATIONS = ['slurm-22.05.8', 'slurm-24.11.5-acct'] as const;

describe.each(GENERATIONS)('what %s prints', generation => {
  const said = (name: string) => golden(generation, name);

  it('sbatch names the job, with --parsable and without', () => {
    expect(parseSubmitted(said('submit-array').stdout)).toBe('3');
    expect(parseSubmitted(said('submit').stdout)).toBe('7');
    expect(parseSubmitted('12;cluster\n')).toBe('12');
    expect(parseSubmitted('')).toBeNull();
  });

  it.each([
    ...['submit-no-partition', 'submit-too-much-memory', 'submit-bad-time', 'submit-no-script'],
    ...['submit-no-shebang', 'submit-bad-option']
  ])('%s is a refusal', name => {
    const { code, stderr, stdout } = said(name);
    expect(code).not.toBe(0);
    expect(isRefusal(stderr)).toBe(true);
    expect(parseSubmitted(stdout)).toBeNull();
  });

  it('a controller that does not answer refused nothing', () => {
    expect(said('down-submit').code).not.toBe(0);
    expect(isRefusal(said('down-submit').stderr)).toBe(false);
    expect(
      isRefusal(
        'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation'
      )
    ).toBe(false);
  });

  it('a controller that is down is exit 1 of squeue, never an empty queue', () => {
    expect(said('down-q')).toMatchObject({ code: 1, stdout: '' });
  });

  it('ended jobs have their exit code where scontrol tells of them', () => {
    const of = (name: string) =>
      parseShown(said(name).stdout).map(({ id, row }) => ({ id, ...row }));
    expect(of('show-failed')).toMatchObject([
      { id: '13', proc: 0, state: 'failed', exitCode: 5, exitSignal: null, requestedMemoryMb: 100 }
    ]);
    expect(of('show-succeeded')).toMatchObject([{ id: '12', state: 'succeeded', exitCode: 0 }]);
    expect(of('show-memory')).toMatchObject([{ state: 'failed', exitCode: null, exitSignal: 9 }]);
    expect(of('show-cancelled-task')).toMatchObject([{ id: '3', proc: 3, state: 'removed' }]);
    expect(parseShown(said('show-unknown').stdout)).toEqual([]);
  });
});

describe('22.05 in JSON, which is why it is not asked for', () => {
  it('leaves filters out', () => {
    const told = golden('slurm-22.05.8', 'q-array-json').stdout; // of `squeue --json -j 3`
    expect(told).toContain('"job_id": 1,');
  });

  it('calls a controller that is down an empty queue, with exit 0', () => {
    const told = golden('slurm-22.05.8', 'down-q-json');
    expect(told.code).toBe(0);
    expect(JSON.parse(told.stdout)).toMatchObject({ jobs: [] });
  });
});

describe('squeue', () => {
  it('each task of an array is a row, with what holds it', () => {
    const told = [
      '3|2|PENDING|JobArrayTaskLimit|0:00|100M||hepbatch:t:AN-1',
      '3|3|PENDING|JobHeldAdmin|0:00|100M||hepbatch:t:AN-1',
      '3|1|RUNNING|None|1-00:00:01|100M|bed|hepbatch:t:AN-1',
      '7|N/A|TIMEOUT|TimeLimit|5:00|2G|bed|(null)',
      ''
    ].join('\n');
    expect(parseQueue(told).map(({ id, row }) => [id, row.proc, row.state, row.reason])).toEqual([
      ['3', 2, 'pending', 'JobArrayTaskLimit'],
      ['3', 3, 'held', 'JobHeldAdmin'],
      ['3', 1, 'running', null],
      ['7', 0, 'failed', 'TimeLimit']
    ]);
    expect(parseQueue(told)[2]?.row).toMatchObject({ wallSeconds: 86_401, node: 'bed' });
    expect(parseQueue(told)[3]?.row.requestedMemoryMb).toBe(2048);
  });

  it('an answer that is none is corrupt', () => {
    expect(() => parseQueue('slurm_load_jobs error')).toThrow('squeue answered');
    expect(() => parseQueue('x|1|RUNNING|None|1:00|1M|n|c')).toThrow('squeue answered');
  });

  it('a state that we do not know is unknown', () => {
    expect(parseQueue('3|1|REVOKED|None|0:00|1M||')[0]?.row).toMatchObject({
      ...{ state: 'unknown', said: 'REVOKED' }
    });
  });
});

describe('sacct', () => {
  it('the line of the job says how it ended, its step how much memory it took', () => {
    const told = [
      '12|COMPLETED|0:0|1||100M|bed',
      '12.batch|COMPLETED|0:0|1|3108K||bed',
      '15_2|FAILED|0:9|5||100M|bed',
      '15_2.batch|CANCELLED by 1005|0:9|5|316908K||bed',
      '15_[3-9]|PENDING|0:0|0||100M|None assigned',
      '16_1|CANCELLED by 1005|0:0|0||100Mn|None assigned',
      '13|FAILED|5:0|0||100M|bed',
      ''
    ].join('\n');
    expect(
      parseEnded(told).map(({ id, row }) => [id, row.proc, row.state, row.exitCode, row.memoryMb])
    ).toEqual([
      ['12', 0, 'succeeded', 0, 4],
      ['15', 2, 'failed', null, 310],
      ['16', 1, 'removed', null, null],
      ['13', 0, 'failed', 5, null]
    ]);
    expect(parseEnded(told)[1]?.row.exitSignal).toBe(9);
  });

  // Captured from 22.05.8 with slurmdbd; its `sacct --json` said SUCCESS and 0 of the same job.
  it('words of 22.05 tell the exit code that its JSON gets wrong', () => {
    const told = '4|FAILED|5:0|2||100M|vm\n4.batch|FAILED|5:0|2|3484K||vm\n';
    expect(parseEnded(told).map(({ row }) => [row.state, row.exitCode])).toEqual([['failed', 5]]);
  });

  it('a token is found in the comment, and by its folder where comments are not kept', () => {
    const told = [
      '3_[0-3]|AN-1|hepbatch:t-1:AN-1|/home/u/jobs',
      '4|AN-2||/home/u/jobs|with a bar',
      '5|AN-2||/elsewhere',
      '6|AN-3|hepbatch:t-2:AN-3|/elsewhere',
      ''
    ].join('\n');
    expect(parseFoundEnded(told, 't-1', '/home/u/jobs|with a bar')).toEqual([
      { id: '3', name: 'AN-1' },
      { id: '4', name: 'AN-2' }
    ]);
    expect(nameInComment('hepbatch:t-1:a:b', 't-1')).toBe('a:b');
    expect(nameInComment('(null)', 't-1')).toBeNull();
  });
});

describe('numbers', () => {
  it.each([
    ['0:00', 0],
    ['5:01', 301],
    ['01:00:00', 3600],
    ['2-01:00:00', 176_400],
    ['INVALID', null]
  ])('%s is %s seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it.each([
    ['100M', 100],
    ['3.5G', 3584],
    ['316908K', 310],
    ['100Mn', 100],
    ['200', 200],
    ['0', null],
    ['', null]
  ])('%s is %s MB', (text, megabytes) => expect(megabytesOf(text)).toBe(megabytes));
});
