/**
 * What Slurm's commands print, as data: pure. Only text that both generations print alike: the JSON
 * of 22.05 leaves filters out, calls a controller that is down an empty queue, and tells wrong exit codes.
 */
import { HepbatchError } from '../../../../contract';
import { emptyRow } from '../scheduler';
import type { IJobRow, JobState } from '../scheduler';

/** Of squeue -o: array, index, state, reason, time used, memory, node, comment. */
export const QUEUE_FORMAT = '%F|%K|%T|%r|%M|%m|%N|%k';

/** Of sacct -P; what may hold a bar comes last. */
export const ENDED_FORMAT = 'JobID,State,ExitCode,ElapsedRaw,MaxRSS,ReqMem,NodeList';
export const FOUND_FORMAT = 'JobID,JobName,Comment,WorkDir';

/** A task of squeue or sacct; `proc` 0 where the job is no array. */
export interface ITask {
  readonly id: string;
  readonly row: IJobRow;
}

/** `123` or `123;cluster` of --parsable, `Submitted batch job 123`; null where none of them is there. */
export function parseSubmitted(stdout: string): string | null {
  return /^(?:Submitted batch job )?(\d+)(?:;\S*| on cluster \S+)?\s*$/m.exec(stdout)?.[1] ?? null;
}

/**
 * Said by sbatch itself or by a controller that answered no. Whatever else went wrong, a time-out
 * above all, the job may have been taken. Source: submissions refused by 22.05 and 24.11.
 */
const REFUSALS = [
  /^sbatch: error: Unable to open file /m,
  /^sbatch: error: This does not look like a batch script/m,
  /^sbatch: error: Invalid \S+ specification/m,
  /sbatch: unrecognized option /,
  /^sbatch: error: Batch job submission failed: (?:Invalid |Requested |Job violates |Access\/permission denied|User's group not permitted|Job size specification|Memory required by task|Node count specification|Job submit\/allocate failed due to )/m
];

/** Whether sbatch said that nothing was taken. */
export function isRefusal(stderr: string): boolean {
  return REFUSALS.some(refusal => refusal.test(stderr));
}

/** Rows of `squeue -h -r -o QUEUE_FORMAT`. Throws `corrupt`. */
export function parseQueue(stdout: string): readonly ITask[] {
  return linesOf(stdout).map(line => {
    const [id, index, said, reason, time, memory, node] = fieldsOf(line, 8, 'squeue');
    const proc = index === 'N/A' ? 0 : Number(index);
    const state = stateOf(said, reason);
    return {
      id: needNumber(id, line),
      row: {
        ...emptyRow(proc, state, said),
        reason: NO_REASON.has(reason) ? null : reason,
        hold: state === 'held' ? { code: null, subcode: null, reason } : null,
        wallSeconds: state === 'pending' || state === 'held' ? null : secondsOf(time),
        requestedMemoryMb: megabytesOf(memory),
        node: node === '' ? null : node
      }
    };
  });
}

const NO_REASON = new Set(['None', '']);

/** Rows of `sacct -n -P --format=ENDED_FORMAT`: a line for the job, one for each of its steps. Throws `corrupt`. */
export function parseEnded(stdout: string): readonly ITask[] {
  const tasks = new Map<string, ITask>();
  for (const line of linesOf(stdout)) {
    const [job, said, exit, elapsed, used, memory, node] = fieldsOf(line, 7, 'sacct');
    const [, id, index, step] = /^(\d+)(?:_(\d+))?(\.\S+)?$/.exec(job) ?? [];
    if (id === undefined) {
      continue; // `3_[8-19]`: those that wait, of which the queue tells
    }
    const key = `${id}_${index ?? 0}`;
    const before = tasks.get(key);
    if (step === undefined) {
      tasks.set(key, {
        id,
        row: endedRow(Number(index ?? 0), { said, exit, elapsed, memory, node })
      });
    } else if (before !== undefined) {
      const most = Math.max(before.row.memoryMb ?? 0, megabytesOf(used) ?? 0);
      const memoryMb = most === 0 ? before.row.memoryMb : most;
      tasks.set(key, { id, row: { ...before.row, memoryMb } });
    }
  }
  return [...tasks.values()];
}

function endedRow(
  proc: number,
  told: { said: string; exit: string; elapsed: string; memory: string; node: string }
): IJobRow {
  const said = told.said.split(' ')[0] ?? told.said; // `CANCELLED by 1005`
  const state = stateOf(said, '');
  const isOver = state === 'succeeded' || state === 'failed';
  const [code, signal] = told.exit.split(':').map(Number);
  return {
    ...emptyRow(proc, state, said),
    exitCode: isOver && signal === 0 ? (code ?? null) : null,
    exitSignal: isOver && signal !== undefined && signal > 0 ? signal : null,
    wallSeconds: /^\d+$/.test(told.elapsed) ? Number(told.elapsed) : null,
    requestedMemoryMb: megabytesOf(told.memory),
    node: told.node === '' || told.node.startsWith('None') ? null : told.node
  };
}

/** Exit codes of `scontrol -o show job`, which tells of ended jobs for a while without a database. */
export function parseShown(stdout: string): readonly ITask[] {
  return linesOf(stdout).flatMap(line => {
    const of = (key: string) => new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1];
    const id = of('ArrayJobId') ?? of('JobId');
    const [said, exit] = [of('JobState'), of('ExitCode')];
    const index = of('ArrayTaskId') ?? '0';
    if (id === undefined || said === undefined || exit === undefined || !/^\d+$/.test(index)) {
      return [];
    }
    const elapsed = String(secondsOf(of('RunTime') ?? '') ?? '');
    const node = of('NodeList') ?? '';
    const memory = of('MinMemoryNode') ?? '';
    return [{ id, row: endedRow(Number(index), { said, exit, elapsed, memory, node }) }];
  });
}

/** The name in a comment that Prepare wrote, where it is of this token; null otherwise. */
export function nameInComment(comment: string, token: string): string | null {
  const [mark, theirs, ...name] = comment.split(':');
  return mark === 'hepbatch' && theirs === token ? name.join(':') : null;
}

/** Jobs of `sacct -X -n -P --format=FOUND_FORMAT` that are of a token, or ran in its folder. Throws `corrupt`. */
export function parseFoundEnded(
  stdout: string,
  token: string,
  jobsFolder: string
): readonly { readonly id: string; readonly name: string }[] {
  return linesOf(stdout).flatMap(line => {
    const [job, jobName, comment, folder] = fieldsOf(line, 4, 'sacct');
    const id = /^\d+/.exec(job)?.[0];
    // Where comments are not kept, the folder tells: no two submissions share one.
    const name = nameInComment(comment, token) ?? (folder === jobsFolder ? jobName : null);
    return id === undefined || name === null ? [] : [{ id, name }];
  });
}

/** MaxArraySize of `scontrol show config`; null where it is not told. */
export function parseMaxArraySize(stdout: string): number | null {
  const size = /^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1];
  return size === undefined ? null : Number(size);
}

/** `1-02:03:04`, `02:03:04` or `3:04` in seconds; null for anything else. */
export function secondsOf(time: string): number | null {
  const [, days = 0, hours = 0, minutes, seconds] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(time) ?? [];
  return seconds === undefined
    ? null
    : ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

const MEGABYTES = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 } as const;

/** `100M`, `3.5G`, `316908K`, `100Mn`: in MB, rounded up; null for anything else and for none. */
export function megabytesOf(size: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT])?[cn]?$/.exec(size) ?? [];
  const bytes = Object.entries(MEGABYTES).find(([name]) => name === unit)?.[1] ?? 1; // no unit: MB
  const megabytes = number === undefined ? 0 : Math.ceil(Number(number) * bytes);
  return megabytes === 0 ? null : megabytes;
}

/** Slurm's words for states, long form. Those that are not here are unknown to us. */
const STATES: Readonly<Partial<Record<string, JobState>>> = {
  PENDING: 'pending',
  REQUEUED: 'pending',
  REQUEUE_FED: 'pending',
  CONFIGURING: 'running',
  RUNNING: 'running',
  COMPLETING: 'running',
  SUSPENDED: 'running',
  STOPPED: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  RESIZING: 'running',
  REQUEUE_HOLD: 'held',
  SPECIAL_EXIT: 'held',
  RESV_DEL_HOLD: 'held',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  TIMEOUT: 'failed',
  OUT_OF_MEMORY: 'failed',
  NODE_FAIL: 'failed',
  BOOT_FAIL: 'failed',
  DEADLINE: 'failed',
  PREEMPTED: 'failed',
  CANCELLED: 'removed'
};

function stateOf(said: string, reason: string): JobState {
  return said === 'PENDING' && reason.startsWith('JobHeld') ? 'held' : (STATES[said] ?? 'unknown');
}

function linesOf(stdout: string): readonly string[] {
  return stdout.split('\n').filter(line => line.trim() !== '');
}

type Fields = [string, string, string, string, string, string, string, string];

/** The last field keeps its bars. Throws `corrupt` where there are too few. */
function fieldsOf(line: string, count: number, program: string): Fields {
  const parts = line.split('|');
  if (parts.length < count) {
    throw corrupt(`${program} answered ${JSON.stringify(line.slice(0, 200))}`);
  }
  const kept: readonly string[] = [...parts.slice(0, count - 1), parts.slice(count - 1).join('|')];
  const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = kept;
  return [a, b, c, d, e, f, g, h];
}

function needNumber(id: string, line: string): string {
  if (!/^\d+$/.test(id)) {
    throw corrupt(`squeue answered ${JSON.stringify(line.slice(0, 200))}`);
  }
  return id;
}

function corrupt(message: string): HepbatchError {
  const next = 'Nothing was changed; it is asked again. If it stays, report it with the log.';
  return new HepbatchError('corrupt', message, { next });
}
