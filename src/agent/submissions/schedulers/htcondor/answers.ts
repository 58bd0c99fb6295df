/** What condor_submit, condor_q and condor_history print, as data: pure. */
import * as z from 'zod';
import { HepbatchError } from '../../../../contract';
import type { IHold, IJobRow, JobState } from '../scheduler';

/** Attributes that are asked for; what a version does not have is absent in its answer. */
export const JOB_ATTRIBUTES = [
  'ClusterId',
  'ProcId',
  'JobStatus',
  'EnteredCurrentStatus',
  'HoldReason',
  'HoldReasonCode',
  'HoldReasonSubCode',
  'ExitBySignal',
  'ExitCode',
  'ExitSignal',
  'CompletionDate',
  'JobCurrentStartDate',
  'RemoveReason',
  'RemoteWallClockTime',
  'ResidentSetSize',
  'RequestMemory',
  'NumJobStarts',
  'RemoteHost',
  'LastRemoteHost',
  'ServerTime'
] as const;

/** An attribute that the schedd did not evaluate comes as text, `undefined` as null: both tell nothing. */
const Told = <T extends z.ZodType>(type: T) => type.nullish().catch(null);

const Count = z.int().nonnegative();

const JobAd = z.object({
  ClusterId: Count,
  ProcId: Count,
  JobStatus: z.int(),
  EnteredCurrentStatus: Told(z.number()),
  HoldReason: Told(z.string()),
  HoldReasonCode: Told(z.int()),
  HoldReasonSubCode: Told(z.int()),
  ExitBySignal: Told(z.boolean()),
  ExitCode: Told(z.int()),
  ExitSignal: Told(z.int()),
  CompletionDate: Told(z.number()),
  JobCurrentStartDate: Told(z.number()),
  RemoveReason: Told(z.string()),
  RemoteWallClockTime: Told(z.number()),
  ResidentSetSize: Told(z.number()),
  RequestMemory: Told(z.number()),
  NumJobStarts: Told(z.int()),
  RemoteHost: Told(z.string()),
  LastRemoteHost: Told(z.string()),
  ServerTime: Told(z.number())
});

/** A job as condor_q and condor_history describe it. */
export type JobAd = z.infer<typeof JobAd>;

const FoundAd = z.object({
  ClusterId: Count,
  ProcId: Count,
  HepbatchCluster: Told(z.string())
});

const LogAd = z.object({
  ClusterId: Count,
  UserLog: Told(z.string()),
  SUBMIT_UserLog: Told(z.string())
});

const FactoryAd = z.object({
  ClusterId: Count,
  JobMaterializeNextProcId: Told(Count)
});

/** `3.0 - 3.1` of -terse, or `2 job(s) submitted to cluster 2.`; null where neither is there. */
export function parseSubmitted(stdout: string): { id: string; jobs: number } | null {
  const terse = /^(\d+)\.(\d+)(?: - (\d+)\.(\d+))?\s*$/m.exec(stdout);
  if (terse?.[1] !== undefined) {
    const [, id, first, lastId = id, last = first] = terse;
    return lastId === id ? { id, jobs: Number(last) - Number(first) + 1 } : null;
  }
  const long = /^(\d+) job\(s\) submitted to cluster (\d+)\.\s*$/m.exec(stdout);
  return long?.[1] === undefined || long[2] === undefined
    ? null
    : { id: long[2], jobs: Number(long[1]) };
}

/**
 * Said before a transaction with the schedd is begun, so nothing can have been queued. What is not
 * here may have been said after the commit. Source: submissions refused by HTCondor 23.9.6.
 */
const REFUSALS = [
  /^ERROR: Can't find address of /m,
  /^ERROR: Failed to open command file /m,
  /^ERROR: (?:on Line \d+ of submit file: |Failed to parse command file)/m,
  /^ERROR: Executable file .* does not exist/m,
  /^ERROR: Parse error in expression/m,
  /^ERROR: Unterminated double-quote/m,
  /^ERROR: .* is not a size/m,
  /^ERROR: Number of submitted jobs would exceed /m
];

/** Whether condor_submit said that it began nothing. */
export function isRefusal(stderr: string): boolean {
  return REFUSALS.some(refusal => refusal.test(stderr));
}

/** What condor_submit warned of, a line each: a word that it does not know is no error to it. */
export function parseWarnings(stderr: string): readonly string[] {
  return stderr
    .split('\n')
    .filter(line => line.startsWith('WARNING: '))
    .map(line => line.slice('WARNING: '.length).trim());
}

/**
 * The jobs of `condor_q -json`, one after the other as they come: those of 100,000 jobs at once would take
 * some hundred megabytes. HTCondor writes an attribute a line, so a line of `}` ends a job.
 */
export class JobReader {
  constructor(private readonly _take: (ad: JobAd) => void) {}

  /** Takes the next part. Throws `corrupt`. */
  push(chunk: Buffer): void {
    const text = this._rest + this._decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END, from)) {
      const job = text.slice(from, end + END.length).replace(/^[[\],\s]+/, '');
      parseList(`[${job}]`, JobAd).forEach(this._take);
      this._hasJobs = true;
      from = end + END.length;
    }
    this._rest = text.slice(from);
  }

  /** Throws `corrupt` where the answer ends in the middle. */
  end(): void {
    const rest = this._rest.trim();
    if (this._hasJobs) {
      // Without the bracket that closes it, more jobs may have followed.
      parseList(`[${rest}`, JobAd);
    } else {
      parseList(rest, JobAd).forEach(this._take);
    }
  }

  private _rest = '';
  private _hasJobs = false;
  private readonly _decoder = new TextDecoder();
}

const END = '\n}\n';

/** Jobs that were found by their token. Throws `corrupt`. */
export function parseFound(stdout: string): readonly z.infer<typeof FoundAd>[] {
  return parseList(stdout, FoundAd);
}

/** The logs of jobs. Throws `corrupt`. */
export function parseLogs(stdout: string): readonly z.infer<typeof LogAd>[] {
  return parseList(stdout, LogAd);
}

/** The number of the next job that `condor_q -factory` makes of each cluster. Throws `corrupt`. */
export function parseFactories(stdout: string): ReadonlyMap<string, number> {
  const ads = parseList(stdout, FactoryAd);
  return new Map(ads.map(ad => [String(ad.ClusterId), ad.JobMaterializeNextProcId ?? 0]));
}

/** `23.9.6` of `$CondorVersion: 23.9.6 2026-07-12 ... $`; null where it is none. */
export function parseVersion(stdout: string): string | null {
  return /^\$CondorVersion: (\d+\.\d+\.\d+)/m.exec(stdout)?.[1] ?? null;
}

/** The schedd that condor_q names above its table; null where it names none. */
export function parseSchedd(stdout: string): string | null {
  return /^-- Schedd: (\S+) : /m.exec(stdout)?.[1] ?? null;
}

/** A job in our words; `isQueued` false: from the history. */
export function rowOf(ad: JobAd, isQueued: boolean): IJobRow {
  const hold = ad.JobStatus === 5 ? holdOf(ad) : null;
  const state = stateOf(ad, isQueued);
  const isOver = state === 'succeeded' || state === 'failed';
  return {
    proc: ad.ProcId,
    state,
    said: SAID[ad.JobStatus] ?? `JobStatus ${ad.JobStatus}`,
    hold: state === 'held' ? hold : null,
    reason: hold?.reason ?? (state === 'removed' ? (ad.RemoveReason ?? null) : null),
    exitCode: isOver && ad.ExitBySignal !== true ? (ad.ExitCode ?? null) : null,
    exitSignal: isOver && ad.ExitBySignal === true ? (ad.ExitSignal ?? null) : null,
    wallSeconds: wallSecondsOf(ad),
    memoryMb: typeof ad.ResidentSetSize === 'number' ? Math.ceil(ad.ResidentSetSize / 1024) : null,
    requestedMemoryMb: ad.RequestMemory ?? null,
    starts: ad.NumJobStarts ?? null,
    node: ad.RemoteHost ?? ad.LastRemoteHost ?? null,
    since: ad.EnteredCurrentStatus ?? ad.CompletionDate ?? null
  };
}

const SAID: Readonly<Partial<Record<number, string>>> = {
  1: 'Idle',
  2: 'Running',
  3: 'Removed',
  4: 'Completed',
  5: 'Held',
  6: 'Transferring Output',
  7: 'Suspended'
};

/** Inputs are still being spooled: the schedd holds the job for as long, which is no error. */
const SPOOLING = 16;

function stateOf(ad: JobAd, isQueued: boolean): JobState {
  switch (ad.JobStatus) {
    case 1:
      return 'pending';
    case 2:
    case 6:
    case 7:
      return 'running';
    case 3:
      // A spooled job ends, stays, and leaves by condor_rm: removed it was only afterwards.
      return !isQueued && hasCompleted(ad) ? endOf(ad) : 'removed';
    case 4:
      return endOf(ad);
    case 5:
      return ad.HoldReasonCode === SPOOLING ? 'pending' : 'held';
    default:
      return 'unknown';
  }
}

function hasCompleted(ad: JobAd): boolean {
  return (ad.CompletionDate ?? 0) > 0 && typeof (ad.ExitCode ?? ad.ExitSignal) === 'number';
}

function endOf(ad: JobAd): JobState {
  if (ad.ExitBySignal === true) {
    return 'failed';
  }
  return typeof ad.ExitCode !== 'number' ? 'unknown' : ad.ExitCode === 0 ? 'succeeded' : 'failed';
}

function holdOf(ad: JobAd): IHold {
  return {
    code: ad.HoldReasonCode ?? null,
    subcode: ad.HoldReasonSubCode ?? null,
    reason: ad.HoldReason ?? ''
  };
}

/** RemoteWallClockTime counts only runs that are over. */
function wallSecondsOf(ad: JobAd): number | null {
  const now = ad.ServerTime ?? null;
  const start = ad.JobCurrentStartDate ?? null;
  const before = ad.RemoteWallClockTime ?? 0;
  if (ad.JobStatus === 2 && now !== null && start !== null) {
    return Math.max(0, now - start) + before;
  }
  return ad.RemoteWallClockTime ?? null;
}

/** No match is nothing at all from condor_q, and an empty list from condor_history. */
function parseList<T extends z.ZodType>(stdout: string, schema: T): readonly z.output<T>[] {
  if (stdout.trim() === '') {
    return [];
  }
  try {
    return z.array(schema).parse(JSON.parse(stdout));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new HepbatchError(
      'corrupt',
      `HTCondor answered what is no list of jobs: ${why.slice(0, 400)}`,
      { next: 'Nothing was changed; it is asked again. If it stays, report it with the log.' },
      { cause }
    );
  }
}
