/** Plain jobs on the host itself, as detached processes that live on without the agent. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { HepbatchError } from '../../../../contract';
import type { IHost } from '../../../connections/hosts/host';
import type { IPlannedCluster } from '../../plan';
import { needAnswer, oneLine, say, wordsOf } from '../command';
import type { Said } from '../command';
import { emptyRow } from '../scheduler';
import type {
  ActionOutcome,
  IFound,
  IInFolder,
  IJobChange,
  IJobRow,
  IProbe,
  IScheduler,
  ISelection,
  IWanted,
  IWatched,
  SubmitOutcome
} from '../scheduler';

/** How much of the host jobs may take, all runs of the user together. */
export interface ILocalLimits {
  /** Jobs at once. */
  readonly slots: number;
  /** Of all jobs together; one that asks for more than its part takes several slots. */
  readonly totalMb: number;
  /** Of one job, where it is not changed; one that takes more is held. */
  readonly jobMb: number;
}

/** The text of `hepbatch/local_jobs.py`, the Python that runs it, and what jobs may take. */
export interface ILocalSetting {
  readonly program: string;
  /** Of the submission: its runs lie there. */
  readonly jobsFolder: string;
  readonly python: readonly string[];
  readonly limits: ILocalLimits;
}

/** Of a jobs folder: the runs of its submission. */
const RUNS = '.local';

const State = z.enum(['pending', 'running', 'held', 'succeeded', 'failed', 'removed', 'unknown']);

const Job = z.object({
  proc: z.int().nonnegative(),
  state: State,
  starts: z.int(),
  requestMb: z.number(),
  memoryMb: z.number().nullable(),
  since: z.number().nullish(),
  seconds: z.number().nullish(),
  exitCode: z.int().nullish(),
  exitSignal: z.int().nullish(),
  code: z.int().nullish(),
  subcode: z.int().nullish(),
  reason: z.string().nullish()
});

const Made = z.union([z.object({ id: z.string() }), z.object({ refused: z.string() })]);
const Found = z.array(z.object({ id: z.string(), name: z.string(), jobs: z.int() }));
const Done = z.object({ done: z.boolean().nullable(), words: z.string() });

/** Jobs of one submission on the host itself, without a batch system. */
export class Local implements IScheduler {
  constructor(
    private readonly _host: IHost,
    private readonly _setting: ILocalSetting
  ) {}

  readonly kind = 'local';

  async probe(signal: AbortSignal): Promise<IProbe> {
    const argv = [...this._setting.python, '--version'];
    const said = needAnswer(await say(this._host, argv, signal), 'python');
    const features = { retryRequestMemory: false, history: true, maxArraySize: null };
    return { version: oneLine(said), schedd: null, features };
  }

  async submit(
    cluster: IPlannedCluster,
    { jobsFolder }: { readonly jobsFolder: string },
    signal: AbortSignal
  ): Promise<SubmitOutcome> {
    const { slots, totalMb, jobMb } = this._setting.limits;
    const id = `${cluster.name}.${randomBytes(6).toString('hex')}`;
    const said = await this._ask(
      'submit',
      {
        ...{ id, name: cluster.name, runs: this._runs },
        ...{ argv: cluster.argv, jobs: cluster.jobs.length, memoryMb: jobMb, slots, totalMb },
        ...{ output: cluster.output, error: cluster.error }
      },
      signal,
      jobsFolder
    );
    if (said.end === 'absent') {
      return { end: 'refused', words: said.why };
    }
    const made = Made.safeParse(asJson(said.stdout));
    if (said.end !== 'exited' || said.code !== 0 || !made.success) {
      return { end: 'unknown', why: wordsOf(said) };
    }
    if ('refused' in made.data) {
      return { end: 'refused', words: made.data.refused };
    }
    return {
      end: 'submitted',
      cluster: { schedd: null, id },
      jobs: cluster.jobs.length,
      warnings: []
    };
  }

  /** The folder of a submission is its token: no two share one. */
  async find(_: IWanted, signal: AbortSignal): Promise<IFound> {
    const runs = this._runs;
    const found = parse(Found, needAnswer(await this._ask('find', { runs }, signal), 'find'));
    const clusters = found.map(({ id, name, jobs }) => ({
      cluster: { schedd: null, id },
      name,
      jobs
    }));
    return { clusters, gaps: [] };
  }

  /** Local jobs are all our own, so there are none of others to be found. */
  findIn(): Promise<readonly IInFolder[]> {
    return Promise.resolve([]);
  }

  async jobs(
    watched: readonly IWatched[],
    signal: AbortSignal
  ): Promise<readonly (readonly IJobRow[])[]> {
    const all: (readonly IJobRow[])[] = [];
    for (const { cluster, jobs } of watched) {
      const request = { runs: this._runs, id: cluster.id };
      const told = needAnswer(await this._ask('states', request, signal), 'states');
      const rows = new Map(parse(z.array(Job), told).map(job => [job.proc, rowOf(job)]));
      all.push(
        Array.from(
          { length: jobs },
          (_, proc) => rows.get(proc) ?? emptyRow(proc, 'unknown', 'there is no such run')
        )
      );
    }
    return all;
  }

  hold(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, { do: 'hold' }, signal);
  }

  release(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, { do: 'release' }, signal);
  }

  remove(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, { do: 'remove' }, signal);
  }

  async edit(
    jobs: ISelection,
    { memoryMb, queue, walltimeSeconds, excludeNodes = [] }: IJobChange,
    signal: AbortSignal
  ): Promise<ActionOutcome> {
    if (queue !== undefined || walltimeSeconds !== undefined || excludeNodes.length > 0) {
      const next = 'Change the memory only.';
      throw new HepbatchError('unsupported', 'Local jobs have no queue, time limit or nodes.', {
        next
      });
    }
    return memoryMb === undefined
      ? { end: 'done', words: 'Nothing was changed.' }
      : this._act(jobs, { do: 'memory', memoryMb: Math.ceil(memoryMb) }, signal);
  }

  fetch(): Promise<ActionOutcome> {
    return Promise.resolve({ end: 'done', words: 'Output is written where it belongs.' });
  }

  private async _act(
    { cluster, procs }: ISelection,
    asked: { readonly do: string; readonly memoryMb?: number },
    signal: AbortSignal
  ): Promise<ActionOutcome> {
    const request = { runs: this._runs, id: cluster.id, procs, ...asked };
    const said = await this._ask('act', request, signal);
    const answer = said.end === 'exited' ? Done.safeParse(asJson(said.stdout)) : null;
    if (answer?.success !== true || answer.data.done === null) {
      const why = answer?.success === true ? answer.data.words : wordsOf(said);
      return { end: 'unknown', why };
    }
    const { done, words } = answer.data;
    return { end: done ? 'done' : 'refused', words };
  }

  private get _runs(): string {
    return `${this._setting.jobsFolder}/${RUNS}`;
  }

  private _ask(
    command: 'submit' | 'find' | 'states' | 'act',
    request: object,
    signal: AbortSignal,
    cwd?: string
  ): Promise<Said> {
    const { python, program } = this._setting;
    const where = cwd === undefined ? {} : { cwd };
    const stdin = JSON.stringify(request);
    return say(this._host, [...python, '-c', program, command], signal, { stdin, ...where });
  }
}

function rowOf(job: z.infer<typeof Job>): IJobRow {
  const isHeld = job.state === 'held';
  const hold = { code: job.code ?? null, subcode: job.subcode ?? null, reason: job.reason ?? '' };
  return {
    ...emptyRow(job.proc, job.state, job.state),
    hold: isHeld ? hold : null,
    reason: isHeld ? hold.reason : null,
    exitCode: job.exitCode ?? null,
    exitSignal: job.exitSignal ?? null,
    wallSeconds: job.seconds ?? null,
    memoryMb: job.memoryMb,
    requestedMemoryMb: job.requestMb,
    starts: job.starts,
    since: job.since ?? null
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no answer of the program; how it ended is told instead
  }
}

function parse<T extends z.ZodType>(schema: T, stdout: string): z.output<T> {
  const answer = schema.safeParse(asJson(stdout));
  if (answer.success) {
    return answer.data;
  }
  const next = 'Report this with the log.';
  const message = `local jobs: ${z.prettifyError(answer.error).slice(0, 400)}`;
  throw new HepbatchError('corrupt', message, { next });
}
