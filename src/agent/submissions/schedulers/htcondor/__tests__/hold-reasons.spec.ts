import { describe, expect, it } from 'vitest';
import { golden } from '../../../__tests__/golden';
import { rowOf } from '../answers';
import { parseJobs } from './parse-jobs';
import { exitCodeOfHold, explainHold } from '../hold-reasons';

const hold = (code: number | null, subcode: number | null = null, reason = '') => ({
  code,
  subcode,
  reason
});

describe('hold reasons', () => {
  it('what HTCondor held is told in words, with what to do', () => {
    const jobs = parseJobs(golden('htcondor-23.9.6', 'q-held').stdout);
    expect(jobs.map(ad => explainHold(rowOf(ad, true).hold ?? hold(null)))).toEqual([
      { words: 'it used more memory than it asked for', advice: 'raise-memory' },
      { words: 'the job failed by itself: its own policy holds it', advice: 'show-error' },
      { words: 'the job failed by itself: its own policy holds it', advice: 'show-error' },
      {
        words: 'its input could not be brought to the node: no such file or folder',
        advice: 'check-files'
      },
      {
        words: 'its output could not be brought back: no such file or folder',
        advice: 'check-files'
      },
      { words: 'its program could not be started: permission denied', advice: 'check-files' }
    ]);
  });

  it.each([
    [34, 102, 'raise-memory'],
    [34, 104, 'raise-disk'],
    [34, 0, 'read-reason'],
    [21, 0, 'resubmit-elsewhere'],
    [46, 0, 'longer-flavour'],
    [16, 0, 'wait'],
    [4, 0, 'renew-credentials']
  ])('code %i with subcode %i leads to %s', (code, subcode, advice) => {
    expect(explainHold(hold(code, subcode)).advice).toBe(advice);
  });

  it('a code that is not known keeps its numbers and its reason', () => {
    expect(explainHold(hold(999, 7, 'site maintenance'))).toEqual({
      words: 'site maintenance (hold code 999, subcode 7)',
      advice: 'read-reason'
    });
    expect(explainHold(hold(null)).words).toBe('HTCondor gives no reason');
  });

  it('an error number that is not known is left out', () => {
    expect(explainHold(hold(12, 9999)).words).toBe('its output could not be brought back');
  });

  it('the subcode of a policy is the exit code, of other holds it is not', () => {
    expect(exitCodeOfHold(hold(3, 107))).toBe(107);
    expect(exitCodeOfHold(hold(3, 0))).toBeNull();
    expect(exitCodeOfHold(hold(21, 102))).toBeNull();
  });
});
