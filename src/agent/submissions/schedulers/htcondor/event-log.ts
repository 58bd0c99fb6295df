/** The event log that HTCondor writes beside the jobs, as events and as states of jobs: pure. */
import { emptyRow } from '../scheduler';
import type { IHold, IJobRow } from '../scheduler';

/** One event; what its kind does not tell is null. */
export interface ILogEvent {
  /** The three digits that it begins with, as a number; see `EVENT`. */
  readonly kind: number;
  readonly clusterId: string;
  readonly proc: number;
  /** `2026-11-25 19:19:11`, in the time of the submitting machine. */
  readonly at: string;
  /** Its lines after the first, without the leading tab. */
  readonly lines: readonly string[];
}

/** Kinds that change what is known of a job. Source: HTCondor's manual, job event log codes. */
export const EVENT = {
  submitted: 0,
  executing: 1,
  executableError: 2,
  evicted: 4,
  terminated: 5,
  imageSize: 6,
  shadowException: 7,
  aborted: 9,
  suspended: 10,
  unsuspended: 11,
  held: 12,
  released: 13,
  disconnected: 22,
  reconnected: 23,
  reconnectFailed: 24,
  clusterRemoved: 36,
  fileTransfer: 40
} as const;

const END = '...';

const HEAD =
  /^(\d{3}) \((\d+)\.(\d+|-\d+)\.(\d+|-\d+)\) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d\/\d\d \d\d:\d\d:\d\d)(?:\.\d+)?/;

/**
 * The whole events of a text that begins at the beginning of one, and how many bytes they take. What
 * is behind them is an event of which the end is not written yet. Lines between two events that
 * are none, as after a crash of the writer, are passed over.
 */
export function parseEvents(data: Buffer): {
  readonly events: readonly ILogEvent[];
  readonly bytes: number;
} {
  const events: ILogEvent[] = [];
  let bytes = 0;
  let lines: string[] = [];
  for (let at = 0; ;) {
    const end = data.indexOf(0x0a, at);
    if (end < 0) {
      return { events, bytes };
    }
    const line = data.toString('utf8', at, end).replace(/\r$/, '');
    at = end + 1;
    if (line !== END) {
      lines.push(line);
      continue;
    }
    const event = eventOf(lines);
    if (event !== null) {
      events.push(event);
    }
    bytes = at;
    lines = [];
  }
}

function eventOf(lines: readonly string[]): ILogEvent | null {
  // A writer that died left a piece without its end: what counts is the last beginning.
  const first = lines.map(line => HEAD.test(line)).lastIndexOf(true);
  const head = HEAD.exec(lines[first] ?? '');
  if (head === null) {
    return null;
  }
  const [, kind = '', clusterId = '', proc = '', , at = ''] = head;
  return {
    kind: Number(kind),
    clusterId: String(Number(clusterId)),
    proc: Number(proc),
    at,
    lines: lines.slice(first + 1).map(line => line.replace(/^\t/, ''))
  };
}

/** The states of jobs by their proc, as far as the events tell. Events may come twice. */
export function rowsOf(
  events: Iterable<ILogEvent>,
  known: ReadonlyMap<number, IJobRow> = new Map()
): ReadonlyMap<number, IJobRow> {
  const rows = new Map(known);
  for (const event of events) {
    if (event.proc >= 0) {
      const before = rows.get(event.proc) ?? emptyRow(event.proc, 'unknown', 'no event');
      rows.set(event.proc, { ...before, ...changeOf(event, before) });
    }
  }
  return rows;
}

const RUNS = { hold: null, reason: null, exitCode: null, exitSignal: null } as const;

/** What an event makes of a job. One that ended stays ended, whatever is repeated of its life. */
export function changeOf(event: ILogEvent, before: IJobRow): Partial<IJobRow> {
  const isOver = ['succeeded', 'failed', 'removed'].includes(before.state);
  if (isOver && event.kind !== EVENT.terminated) {
    return event.kind === EVENT.imageSize ? memoryOf(event) : {};
  }
  switch (event.kind) {
    case EVENT.submitted:
      return before.state === 'unknown' ? { state: 'pending', said: 'Idle' } : {};
    case EVENT.executing:
      return { ...RUNS, state: 'running', said: 'Running', node: nodeOf(event) };
    case EVENT.unsuspended:
    case EVENT.reconnected:
      return { ...RUNS, state: 'running', said: 'Running' };
    case EVENT.suspended:
      return { state: 'running', said: 'Suspended' };
    case EVENT.disconnected:
      return { state: 'running', said: 'Disconnected' };
    case EVENT.evicted:
    case EVENT.shadowException:
    case EVENT.reconnectFailed:
      // What follows a hold belongs to it.
      return before.state === 'held' ? {} : { ...RUNS, state: 'pending', said: 'Idle' };
    case EVENT.executableError:
      return { reason: event.lines[0] ?? null };
    case EVENT.held: {
      const hold = holdOf(event);
      return { state: 'held', said: 'Held', hold, reason: hold.reason };
    }
    case EVENT.released:
      return before.state === 'held' ? { ...RUNS, state: 'pending', said: 'Idle' } : {};
    case EVENT.aborted:
      return { ...RUNS, state: 'removed', said: 'Removed', reason: event.lines[0] ?? null };
    case EVENT.terminated:
      return endOf(event);
    case EVENT.imageSize:
      return memoryOf(event);
    default:
      return {};
  }
}

/** `(1) Normal termination (return value 7)` or `(0) Abnormal termination (signal 9)`. */
function endOf(event: ILogEvent): Partial<IJobRow> {
  const text = event.lines.join('\n');
  const code = /Normal termination \(return value (-?\d+)\)/.exec(text)?.[1];
  const signal = /Abnormal termination \(signal (\d+)\)/.exec(text)?.[1];
  const common = { said: 'Completed', hold: null, reason: null, ...measuredOf(event) };
  if (code !== undefined) {
    const exitCode = Number(code);
    const state = exitCode === 0 ? 'succeeded' : 'failed';
    return { ...common, state, exitCode, exitSignal: null };
  }
  return signal === undefined
    ? { ...common, state: 'unknown' }
    : { ...common, state: 'failed', exitCode: null, exitSignal: Number(signal) };
}

function holdOf(event: ILogEvent): IHold {
  const numbers = /^Code (-?\d+) Subcode (-?\d+)$/;
  const found = event.lines.map(line => numbers.exec(line)).find(line => line !== null);
  const reason = event.lines.filter(line => line !== '' && !numbers.test(line)).join(' ');
  return {
    code: found?.[1] === undefined ? null : Number(found[1]),
    subcode: found?.[2] === undefined ? null : Number(found[2]),
    reason
  };
}

function nodeOf(event: ILogEvent): string | null {
  const slot = event.lines.map(line => /^SlotName: (\S+)$/.exec(line)?.[1]);
  return slot.find(name => name !== undefined) ?? null;
}

function memoryOf(event: ILogEvent): Partial<IJobRow> {
  const text = event.lines.join('\n');
  const memory = /^(\d+) {2}- {2}MemoryUsage of job \(MB\)/m.exec(text)?.[1];
  return memory === undefined ? {} : { memoryMb: Number(memory) };
}

const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;
const SHORT_TIME = /^(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)$/;

/**
 * The time of an event in seconds since 1970; `zoneMinutes` is how far the clock of the submitting
 * machine is before UTC. Old logs tell no year: it is the last one in which the event is not to come.
 */
export function secondsAt(at: string, zoneMinutes: number, nowSeconds: number): number | null {
  const inZone = (year: number, [month, day, hour, minute, second]: readonly number[]) =>
    Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second) / 1000 - zoneMinutes * 60;
  const [, year, ...iso] = (ISO_TIME.exec(at) ?? []).map(Number);
  if (year !== undefined) {
    return inZone(year, iso);
  }
  const short = (SHORT_TIME.exec(at) ?? []).slice(1).map(Number);
  if (short.length === 0) {
    return null;
  }
  const thisYear = new Date(nowSeconds * 1000).getUTCFullYear();
  const seconds = inZone(thisYear, short);
  return seconds > nowSeconds + DAY_SECONDS ? inZone(thisYear - 1, short) : seconds;
}

const DAY_SECONDS = 24 * 60 * 60;

/** The table of resources: usage, request, allocated. */
function measuredOf(event: ILogEvent): Partial<IJobRow> {
  const text = event.lines.join('\n');
  const memory = /^ *Memory \(MB\) +: +(\d+) +(\d+) +\d+/m.exec(text);
  const seconds = /^ *TimeExecute \(s\) +: +(\d+)/m.exec(text)?.[1];
  return {
    ...(memory === null
      ? {}
      : { memoryMb: Number(memory[1]), requestedMemoryMb: Number(memory[2]) }),
    ...(seconds === undefined ? {} : { wallSeconds: Number(seconds) })
  };
}
