/** Why a job waits, is held or failed, in words, and what can be done about it: pure. */
import { EXIT } from '../plan';
import { exitCodeOfHold, explainHold } from '../schedulers/htcondor/hold-reasons';
import type { HoldAdvice } from '../schedulers/htcondor/hold-reasons';
import type { IWatchedRow } from './row';

/** Why a job is as it is. */
export interface IWords {
  readonly words: string;
  readonly advice: string | null;
}

/** What a person reads for each advice. */
const ADVICE: Readonly<Record<HoldAdvice, string | null>> = {
  release: 'Release them when they may go on.',
  'show-error': 'Look at the log of one of them; mend it, then retry.',
  'renew-credentials': 'Renew your proxy and ticket, then release them.',
  'raise-memory': 'Retry them with more memory.',
  'raise-disk': 'Submit them again with more disk.',
  'longer-flavour': 'Retry them with a longer queue or wall time.',
  'check-files':
    'Check that the file is there, may be used, and that there is room; then release them.',
  'resubmit-elsewhere': 'Retry them, and exclude the node if it is always the same.',
  'read-reason': null,
  report: 'Report it with the log.',
  wait: null
};

/** What the script of a job ends with by itself. */
const OWN_EXITS: Readonly<Partial<Record<number, IWords>>> = {
  [EXIT.fenced]: {
    words: 'fenced: another cluster of this submission is the one that runs these jobs',
    advice: 'Remove them: they ended before they wrote anything, and the others run.'
  },
  [EXIT.blind]: {
    words: 'the folder of the submission cannot be seen on the node',
    advice: 'Choose a folder that the nodes see, or retry and exclude the node.'
  },
  [EXIT.noJob]: {
    words: 'there is no such job, or its input is gone',
    advice: 'Look whether the folder of the submission is as it was; submit the files again.'
  },
  [EXIT.setup]: {
    words: 'a line of the set-up failed',
    advice: 'Look at the log of one of them, and mend the set-up.'
  }
};

/** States of Slurm that say why a job failed better than its stderr does. */
const SLURM_ENDS: Readonly<Partial<Record<string, IWords>>> = {
  TIMEOUT: { words: 'it ran longer than it may', advice: ADVICE['longer-flavour'] },
  DEADLINE: { words: 'it could not end before its deadline', advice: null },
  OUT_OF_MEMORY: {
    words: 'it used more memory than it asked for',
    advice: ADVICE['raise-memory']
  },
  NODE_FAIL: { words: 'its node failed', advice: ADVICE['resubmit-elsewhere'] },
  BOOT_FAIL: { words: 'its node did not start', advice: ADVICE['resubmit-elsewhere'] },
  PREEMPTED: { words: 'another job took its place', advice: 'Retry them.' }
};

/** Where Slurm has no cgroups, only stderr tells that memory was the reason. */
const OUT_OF_MEMORY = /exceeded job memory limit|out of memory|oom[-_ ]?kill/i;

/** Python was refused memory that it asked for. */
const PYTHON_MEMORY = /^(?:_?ArrayMemoryError|MemoryError)\b/;

/** Why a job of Slurm waits, where it does not just wait for its turn. */
const SLURM_WAITS: Readonly<Partial<Record<string, IWords>>> = {
  PartitionTimeLimit: {
    words: 'it asks for more time than its partition gives, so it never starts',
    advice: 'Remove them, and submit them with less time or to another partition.'
  },
  PartitionConfig: {
    words: 'its partition cannot give what it asks for, so it never starts',
    advice: 'Remove them, and ask for less or for another partition.'
  },
  BadConstraints: {
    words: 'no node has what it asks for, so it never starts',
    advice: 'Remove them, and ask for less.'
  },
  InvalidAccount: {
    words: 'its account is not valid, so it never starts',
    advice: 'Remove them, and submit them with an account of yours (sacctmgr show associations).'
  },
  InvalidQOS: { words: 'its QOS is not valid, so it never starts', advice: null },
  ReqNodeNotAvail: { words: 'a node that it needs is not there', advice: null },
  DependencyNeverSatisfied: { words: 'what it waits for never comes', advice: 'Remove them.' }
};

/** Waiting for its turn is no reason to look at. */
const TURN = new Set(['Priority', 'Resources', 'None', 'BeginTime', 'JobArrayTaskLimit']);

/** Whether its stderr can tell why: it ended by itself, and nobody else stopped it. */
export function hasOwnReason(row: Pick<IWatchedRow, 'state' | 'said' | 'hold'>): boolean {
  if (row.state === 'failed') {
    return SLURM_ENDS[row.said] === undefined;
  }
  return row.state === 'held' && row.hold?.code === FAILED_BY_ITSELF;
}

/** HoldReasonCode where on_exit_hold holds it. */
const FAILED_BY_ITSELF = 3;

/** Whether a job ended in failure, whether the scheduler then lets it go or holds it. */
export function hasFailed(row: Pick<IWatchedRow, 'state' | 'hold'>): boolean {
  return row.state === 'failed' || (row.state === 'held' && !BY_PEOPLE.has(row.hold?.code ?? 1));
}

/** Holds that are no failure: by a person, on purpose at submission, while spooling. */
const BY_PEOPLE: ReadonlySet<number> = new Set([1, 15, 16]);

/**
 * Why a job is as it is; null where there is nothing to say. `error` is what its stderr says, or that
 * of jobs that ended as it did.
 */
export function wordsOf(row: IWatchedRow, error: string | null = row.error): IWords | null {
  switch (row.state) {
    case 'held':
      return row.hold === null ? named(row.reason) : heldWords(row, error);
    case 'failed':
      return failedWords(row, error);
    case 'pending':
      return row.reason === null || TURN.has(row.reason)
        ? null
        : (SLURM_WAITS[row.reason] ?? named(row.reason));
    case 'removed':
    case 'unknown':
      return named(row.reason);
    default:
      return null;
  }
}

function heldWords(row: IWatchedRow, error: string | null): IWords {
  const hold = row.hold ?? { code: null, subcode: null, reason: '' };
  if (hold.code === null && hold.reason.startsWith('JobHeld')) {
    return { words: 'somebody held it', advice: ADVICE.release };
  }
  const own = OWN_EXITS[exitCodeOfHold(hold) ?? -1];
  if (own !== undefined) {
    return own;
  }
  const { words, advice } = explainHold(hold);
  if (hold.code !== FAILED_BY_ITSELF) {
    return { words, advice: ADVICE[advice] };
  }
  // Its policy says how it ended, such as `exit status 107`; stderr says why.
  const said = error === null || error === '' ? hold.reason || words : error;
  return { words: said, advice: ADVICE[PYTHON_MEMORY.test(said) ? 'raise-memory' : advice] };
}

function failedWords(row: IWatchedRow, error: string | null): IWords {
  const own = OWN_EXITS[row.exitCode ?? -1] ?? SLURM_ENDS[row.said];
  if (own !== undefined) {
    return own;
  }
  if (error !== null && OUT_OF_MEMORY.test(error)) {
    return { words: 'it used more memory than it asked for', advice: ADVICE['raise-memory'] };
  }
  const advice = ADVICE[PYTHON_MEMORY.test(error ?? '') ? 'raise-memory' : 'show-error'];
  return error !== null && error !== '' ? { words: error, advice } : { words: endOf(row), advice };
}

/** How a job ended, in the scheduler's numbers. */
export function endOf({ exitCode, exitSignal, reason, said }: IWatchedRow): string {
  if (exitSignal !== null) {
    return `killed by signal ${exitSignal}`;
  }
  if (exitCode !== null) {
    return `exit status ${exitCode}`;
  }
  return reason ?? said;
}

function named(reason: string | null): IWords | null {
  return reason === null ? null : { words: reason, advice: null };
}

/** What the row of a job shows: its words, and what the scheduler says beside them. */
export function reasonOf(row: IWatchedRow, error: string | null): string | null {
  const words = wordsOf(row, error)?.words ?? row.reason;
  const said = row.hold?.reason ?? (row.state === 'failed' ? endOf(row) : '');
  return words === null || said === '' || words.includes(said)
    ? words
    : `${words} (${said.slice(0, LONGEST)})`;
}

const LONGEST = 400;
