/** What is known of one job, and how events and answers change it: pure. */
import { EVENT, changeOf } from '../schedulers/htcondor/event-log';
import type { ILogEvent } from '../schedulers/htcondor/event-log';
import type { IJobRow, JobState } from '../schedulers/scheduler';

/** A job as it is known; `error`, `isUnwanted` and `revision` are of the watch itself. */
export interface IWatchedRow extends IJobRow {
  /** What its stderr says in one line; empty where it says nothing, null where it was not read. */
  readonly error: string | null;
  /** We asked for its removal: where a scheduler then knows nothing of it, it was removed. */
  readonly isUnwanted: boolean;
  /** Grows with each change of any job of the submission. */
  readonly revision: number;
}

/** Whether a job is over; what is unknown is not. */
export function isOver({ state }: Pick<IJobRow, 'state'>): boolean {
  return OVER.has(state);
}

const OVER: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'removed']);

/** Kinds that tell numbers of a run, not where the job stands. */
const NUMBERS: ReadonlySet<number> = new Set([EVENT.imageSize]);
const ENDS: ReadonlySet<number> = new Set([EVENT.terminated, EVENT.aborted]);

/**
 * The job after an event at a time, in seconds since 1970. Events come twice, and a log is told from
 * its beginning again where it was written anew: what is older than what is known changes nothing,
 * but an end is an end whenever it is told.
 */
export function afterEvent(row: IWatchedRow, event: ILogEvent, at: number | null): IWatchedRow {
  const isOld = row.since !== null && at !== null && at < row.since;
  if (isOld && !ENDS.has(event.kind) && !NUMBERS.has(event.kind)) {
    return row;
  }
  const change = changeOf(event, row);
  const next = { ...row, ...change };
  if (NUMBERS.has(event.kind)) {
    return { ...next, memoryMb: most(row.memoryMb, next.memoryMb) };
  }
  const isNew = next.state !== row.state;
  const isStart = event.kind === EVENT.executing && (isNew || at !== row.since);
  if (!isNew && !isStart && next.said === row.said) {
    return { ...next, since: row.since };
  }
  const ran = row.state === 'running' && next.state !== 'running' ? span(row.since, at) : null;
  return {
    ...next,
    since: at ?? row.since,
    memoryMb: most(row.memoryMb, next.memoryMb),
    wallSeconds: change.wallSeconds ?? ran ?? (isStart ? null : row.wallSeconds),
    starts: isStart ? (row.starts ?? 0) + 1 : row.starts,
    // What a run said is nothing of the next one.
    error: next.state === 'running' || next.state === 'pending' ? null : row.error
  };
}

/**
 * The job after an answer of the scheduler, asked at `at`. The answer is later than all events that
 * were read before, but for an end; one that nobody knows any more is unknown, not done.
 */
export function afterAnswer(row: IWatchedRow, told: IJobRow, at: number): IWatchedRow {
  if (isOver(row)) {
    return isOver(told) ? withNumbers(row, told) : row;
  }
  if (told.state === 'unknown') {
    return row.isUnwanted
      ? removed(row, at)
      : { ...row, state: 'unknown', said: told.said, hold: null, reason: null, since: firstOf() };
  }
  const isSame = told.state === row.state;
  return {
    ...told,
    reason: told.reason,
    memoryMb: most(row.memoryMb, told.memoryMb),
    requestedMemoryMb: told.requestedMemoryMb ?? row.requestedMemoryMb,
    wallSeconds: told.wallSeconds ?? (isSame ? row.wallSeconds : null),
    starts: most(row.starts, told.starts),
    node: told.node ?? row.node,
    since: told.since ?? firstOf(),
    error: isSame ? row.error : null,
    isUnwanted: row.isUnwanted,
    revision: row.revision
  };

  function firstOf(): number | null {
    return told.state === row.state ? row.since : at;
  }
}

/** Whether two are the same but for the revision. */
export function isSameRow(a: IWatchedRow, b: IWatchedRow): boolean {
  return (
    a === b ||
    (a.state === b.state &&
      a.said === b.said &&
      a.reason === b.reason &&
      a.hold?.code === b.hold?.code &&
      a.hold?.subcode === b.hold?.subcode &&
      a.hold?.reason === b.hold?.reason &&
      a.exitCode === b.exitCode &&
      a.exitSignal === b.exitSignal &&
      a.wallSeconds === b.wallSeconds &&
      a.memoryMb === b.memoryMb &&
      a.requestedMemoryMb === b.requestedMemoryMb &&
      a.starts === b.starts &&
      a.node === b.node &&
      a.since === b.since &&
      a.error === b.error &&
      a.isUnwanted === b.isUnwanted)
  );
}

function removed(row: IWatchedRow, at: number): IWatchedRow {
  const reason = 'it was removed from here, and the scheduler keeps no trace of it';
  return { ...row, state: 'removed', said: 'Removed', hold: null, reason, since: at };
}

function withNumbers(row: IWatchedRow, told: IJobRow): IWatchedRow {
  return {
    ...row,
    memoryMb: most(row.memoryMb, told.memoryMb),
    requestedMemoryMb: row.requestedMemoryMb ?? told.requestedMemoryMb,
    wallSeconds: row.wallSeconds ?? told.wallSeconds,
    starts: most(row.starts, told.starts),
    node: row.node ?? told.node
  };
}

function most(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}
