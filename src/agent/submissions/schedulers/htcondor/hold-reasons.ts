/** What the numbers of a hold mean in words, and what can be done about it: pure. */
import type { IHold } from '../scheduler';

/** What a person may do about a hold; `wait`: it goes on by itself. */
export type HoldAdvice =
  | 'release'
  | 'show-error'
  | 'renew-credentials'
  | 'raise-memory'
  | 'raise-disk'
  | 'longer-flavour'
  | 'check-files'
  | 'resubmit-elsewhere'
  | 'read-reason'
  | 'report'
  | 'wait';

/** A hold in words. */
export interface IHoldWords {
  readonly words: string;
  readonly advice: HoldAdvice;
}

type Meaning = readonly [string, HoldAdvice];

/** Source: HoldReasonCode in the appendix of HTCondor's manual, and the holds of 23.9.6. */
const CODES: Readonly<Partial<Record<number, Meaning>>> = {
  1: ['somebody held it with condor_hold', 'release'],
  3: ['the job failed by itself: its own policy holds it', 'show-error'],
  4: ['its credentials are not valid', 'renew-credentials'],
  5: ['its policy has an expression without a value', 'report'],
  6: ['its program could not be started', 'check-files'],
  7: ['its file of standard output could not be opened', 'check-files'],
  8: ['its file of standard input could not be opened', 'check-files'],
  9: ['a standard stream could not be opened', 'check-files'],
  10: ['a standard stream could not be opened', 'check-files'],
  11: ['the submitting machine answered wrongly', 'release'],
  12: ['its output could not be brought back', 'check-files'],
  13: ['its input could not be brought to the node', 'check-files'],
  14: ['its working folder cannot be entered', 'check-files'],
  15: ['it was submitted on hold', 'release'],
  16: ['its input is still being spooled', 'wait'],
  17: ['the submitting machine and the node do not fit together', 'resubmit-elsewhere'],
  18: ['its hook asked for it', 'read-reason'],
  21: ['the node stopped it by its own rules', 'resubmit-elsewhere'],
  22: ['its event log cannot be written', 'check-files'],
  26: ['the site holds it by its own rules', 'read-reason'],
  28: ['its universe is not known there', 'report'],
  32: ['its input is larger than the site takes', 'read-reason'],
  33: ['its output is larger than the site takes', 'read-reason'],
  34: ['it used more than it asked for', 'read-reason'],
  35: ['its container image is not valid', 'check-files'],
  45: ['containers do not work on that node', 'resubmit-elsewhere'],
  46: ['it ran longer than it may', 'longer-flavour'],
  47: ['its program ran longer than it may', 'longer-flavour']
};

const MEMORY: Meaning = ['it used more memory than it asked for', 'raise-memory'];

/** Subcodes that change what a code means; nodes hold for memory as 21 where they have no cgroups. */
const SUBCODES: Readonly<Partial<Record<string, Meaning>>> = {
  '21/102': MEMORY,
  '34/102': MEMORY,
  '34/104': ['it used more disk than it asked for', 'raise-disk']
};

/** Codes whose subcode is the system's number of an error. */
const WITH_ERRNO: ReadonlySet<number> = new Set([6, 7, 8, 9, 10, 12, 13, 14, 22]);

/** Linux; what a person can do something about. */
const ERRNO: Readonly<Partial<Record<number, string>>> = {
  1: 'not permitted',
  2: 'no such file or folder',
  5: 'the file system failed to read or write',
  8: 'not a program: is its first line right?',
  13: 'permission denied',
  20: 'a part of the path is no folder',
  21: 'it is a folder',
  27: 'the file is too large',
  28: 'no space left',
  30: 'the file system is read-only',
  36: 'the name is too long',
  107: 'the file system is not connected',
  110: 'the file system took too long',
  116: 'the file is stale',
  122: 'the quota is used up'
};

/** A hold in words; what is not known is told with its numbers and in HTCondor's own words. */
export function explainHold({ code, subcode, reason }: IHold): IHoldWords {
  const known = code === null ? undefined : (SUBCODES[`${code}/${subcode}`] ?? CODES[code]);
  if (code === null || known === undefined) {
    const number = code === null ? '' : ` (hold code ${code}${suffix(subcode)})`;
    const said = reason === '' ? 'HTCondor gives no reason' : reason;
    return { words: `${said}${number}`, advice: 'read-reason' };
  }
  const [words, advice] = known;
  const errno = WITH_ERRNO.has(code) && subcode !== null ? ERRNO[subcode] : undefined;
  return { words: errno === undefined ? words : `${words}: ${errno}`, advice };
}

/**
 * The exit code of a job that its own policy holds, where the submit file gives it as subcode
 * (`on_exit_hold_subcode = ExitCode`); null where it cannot be told.
 */
export function exitCodeOfHold({ code, subcode }: IHold): number | null {
  return code === 3 && subcode !== null && subcode > 0 ? subcode : null;
}

function suffix(subcode: number | null): string {
  return subcode === null || subcode === 0 ? '' : `, subcode ${subcode}`;
}
