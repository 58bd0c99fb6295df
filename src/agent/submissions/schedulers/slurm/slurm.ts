/** Slurm by its commands; every question to the controller is one for all jobs of the user. */
import { HepbatchError } from '../../../../contract';
import type { IHost } from '../../../connections/hosts/host';
import type { IPlannedCluster } from '../../plan';
import { needAnswer, oneLine, say, wordsOf } from '../command';
import type { ICommandOptions, Said } from '../command';
import { rangesOf } from '../ranges';
import { emptyRow } from '../scheduler';
import type {
  ActionOutcome,
  IFound,
  IFoundCluster,
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
import { ENDED_FORMAT, FOUND_FORMAT, QUEUE_FORMAT, isRefusal, nameInComment } from './answers';
import { parseEnded, parseFoundEnded, parseMaxArraySize, parseQueue, parseShown } from './answers';
import { parseSubmitted } from './answers';
import type { ITask } from './answers';
import { updates } from './edit';

/** Arrays in one question to the database. */
const ARRAYS = 500;

const DAY_MS = 24 * 60 * 60_000;

/** Said by sacct where the site keeps no database. */
const NO_DATABASE = 'accounting storage is disabled';

/** Slurm 21 or newer, by sbatch, squeue, sacct, scontrol and scancel. */
export class Slurm implements IScheduler {
  constructor(private readonly _host: IHost) {}

  readonly kind = 'slurm';

  async probe(signal: AbortSignal): Promise<IProbe> {
    const version = needAnswer(await this._say(['sbatch', '--version'], signal), 'sbatch');
    const config = needAnswer(await this._say(['scontrol', 'show', 'config'], signal), 'scontrol');
    const ended = await this._say(['sacct', '-n', '-P', '-X', '--format=JobID'], signal);
    return {
      version: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? oneLine(version),
      schedd: null,
      features: {
        retryRequestMemory: false,
        history: ended.end === 'exited' && ended.code === 0,
        maxArraySize: parseMaxArraySize(config)
      }
    };
  }

  async submit(
    cluster: IPlannedCluster,
    { jobsFolder }: { readonly jobsFolder: string },
    signal: AbortSignal
  ): Promise<SubmitOutcome> {
    const said = await this._say(cluster.argv, signal, { cwd: jobsFolder });
    if (said.end === 'absent') {
      return { end: 'refused', words: said.why };
    }
    if (said.end === 'unclear') {
      return { end: 'unknown', why: said.why };
    }
    const id = parseSubmitted(said.stdout);
    if (said.code === 0 && id !== null) {
      const warnings = said.stderr.split('\n').filter(line => line.trim() !== '');
      // sbatch does not say how many tasks it took; it takes an array whole or not at all.
      return { end: 'submitted', cluster: { schedd: null, id }, jobs: null, warnings };
    }
    return said.code !== 0 && id === null && isRefusal(said.stderr)
      ? { end: 'refused', words: wordsOf(said) }
      : { end: 'unknown', why: `sbatch: ${wordsOf(said)}` };
  }

  /**
   * Without a database jobs that ended some minutes ago cannot be found. That is no gap: the first of
   * them has written the record of its cluster, which is looked at before anything found here.
   */
  async find({ token, jobsFolder, sinceMs }: IWanted, signal: AbortSignal): Promise<IFound> {
    const found = new Map<string, { name: string; jobs: Set<string> }>();
    const note = (id: string, name: string, job: string) => {
      const known = found.get(id) ?? { name, jobs: new Set<string>() };
      known.jobs.add(job);
      found.set(id, known);
    };
    const argv = ['squeue', '-h', '-r', '-t', 'all', '--me', '-o', '%F|%K|%k'];
    const queue = needAnswer(await this._say(argv, signal), 'squeue');
    for (const line of queue.split('\n')) {
      const [id = '', index = '', ...comment] = line.split('|');
      const name = nameInComment(comment.join('|'), token);
      if (name !== null) {
        note(id, name, index);
      }
    }
    // A day before, since the clock there may be in another time zone.
    const since = new Date(sinceMs - DAY_MS).toISOString().slice(0, 10);
    const asked = ['sacct', '-n', '-P', '-X', '-S', since, `--format=${FOUND_FORMAT}`];
    const ended = await this._say(asked, signal);
    const isTold = ended.end === 'exited' && ended.code === 0;
    for (const { id, name } of isTold ? parseFoundEnded(ended.stdout, token, jobsFolder) : []) {
      if (!found.has(id)) {
        note(id, name, id);
      }
    }
    const clusters: readonly IFoundCluster[] = [...found].map(([id, { name, jobs }]) => ({
      cluster: { schedd: null, id },
      name,
      jobs: jobs.size
    }));
    const isGap = !isTold && !hasNoDatabase(ended);
    return { clusters, gaps: isGap ? [`sacct: ${wordsOf(ended)}`] : [] };
  }

  async findIn(jobsFolder: string, signal: AbortSignal): Promise<readonly IInFolder[]> {
    const argv = ['squeue', '-h', '-t', 'all', '--me', '-o', '%F|%o'];
    const queue = needAnswer(await this._say(argv, signal), 'squeue');
    return queue.split('\n').flatMap(line => {
      const [, id, file = ''] = /^(\d+)\|(.*)$/.exec(line) ?? [];
      const isThere = id !== undefined && file.startsWith(`${jobsFolder}/`);
      return isThere ? [{ file, cluster: { schedd: null, id } }] : [];
    });
  }

  async jobs(
    watched: readonly IWatched[],
    signal: AbortSignal
  ): Promise<readonly (readonly IJobRow[])[]> {
    const argv = ['squeue', '-h', '-r', '-t', 'all', '--me', '-o', QUEUE_FORMAT];
    const queue = needAnswer(await this._say(argv, signal), 'squeue');
    const rows = byCluster(parseQueue(queue), watched);
    const incomplete = watched.filter(one => needsMore(rows.get(one.cluster.id), one));
    for (let at = 0; at < incomplete.length; at += ARRAYS) {
      const part = incomplete.slice(at, at + ARRAYS);
      for (const { id, row } of await this._ended(part, signal)) {
        const before = rows.get(id)?.get(row.proc);
        // The queue's word is the later one; the database adds how a job ended.
        if (before === undefined || before.state === row.state) {
          const node = row.node ?? before?.node ?? null;
          rows.get(id)?.set(row.proc, { ...row, node, reason: before?.reason ?? null });
        }
      }
    }
    return watched.map(({ cluster, jobs }) =>
      Array.from(
        { length: jobs },
        (_, proc) =>
          rows.get(cluster.id)?.get(proc) ?? emptyRow(proc, 'unknown', 'no trace in Slurm')
      )
    );
  }

  hold(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, signal, list => ['scontrol', 'hold', list]);
  }

  release(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, signal, list => ['scontrol', 'release', list]);
  }

  /** A job that is not there is no error to scancel. */
  remove(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act(jobs, signal, list => ['scancel', list]);
  }

  async edit(jobs: ISelection, change: IJobChange, signal: AbortSignal): Promise<ActionOutcome> {
    const { excludeNodes = [] } = change;
    const before = excludeNodes.length === 0 ? [] : await this._excluded(jobs, signal);
    const edits = updates(change, before);
    return edits.length === 0
      ? { end: 'done', words: 'Nothing was changed.' }
      : this._act(jobs, signal, list => ['scontrol', 'update', `JobId=${list}`, ...edits]);
  }

  fetch(): Promise<ActionOutcome> {
    return Promise.resolve({ end: 'done', words: 'Slurm writes output where it belongs.' });
  }

  private async _ended(
    watched: readonly IWatched[],
    signal: AbortSignal
  ): Promise<readonly ITask[]> {
    const ids = watched.map(({ cluster }) => jobId(cluster.id));
    const asked = ['sacct', '-n', '-P', '-j', ids.join(','), `--format=${ENDED_FORMAT}`];
    const ended = await this._say(asked, signal);
    if (!hasNoDatabase(ended)) {
      const isTold = ended.end === 'exited' && ended.code === 0;
      return isTold ? parseEnded(ended.stdout) : []; // they stay as far as the queue tells
    }
    const tasks: ITask[] = [];
    for (const id of ids) {
      const shown = await this._say(['scontrol', '-o', 'show', 'job', id], signal);
      // Long ended is `Invalid job id specified`: nobody knows of it any more.
      tasks.push(...(shown.end === 'exited' && shown.code === 0 ? parseShown(shown.stdout) : []));
    }
    return tasks;
  }

  /** Nodes that the jobs of an array are kept from already: a new list takes the place of the old one. */
  private async _excluded(
    { cluster }: ISelection,
    signal: AbortSignal
  ): Promise<readonly string[]> {
    const argv = ['squeue', '-h', '-t', 'all', '-j', jobId(cluster.id), '-o', '%x'];
    const said = await this._say(argv, signal);
    const lists = said.end === 'exited' && said.code === 0 ? said.stdout.split('\n') : [];
    return [...new Set(lists.map(list => list.trim()))].filter(list => /^[\w.[\],-]+$/.test(list));
  }

  private async _act(
    { cluster, procs }: ISelection,
    signal: AbortSignal,
    argv: (list: string) => readonly string[]
  ): Promise<ActionOutcome> {
    const id = jobId(cluster.id);
    if (procs?.length === 0) {
      return { end: 'done', words: 'No job was chosen.' };
    }
    const list = procs === null ? id : await this._listOf(id, procs, signal);
    const said = await this._say(argv(list), signal);
    if (said.end === 'unclear') {
      return { end: 'unknown', why: said.why };
    }
    return said.end === 'exited' && said.code === 0
      ? { end: 'done', words: oneLine(said.stdout) }
      : { end: 'refused', words: wordsOf(said) };
  }

  /** A job that is no array has no task 0: it is named by its id alone. */
  private async _listOf(
    id: string,
    procs: readonly number[],
    signal: AbortSignal
  ): Promise<string> {
    if (procs.every(proc => proc === 0)) {
      const asked = ['squeue', '-h', '-t', 'all', '-j', id, '-o', '%K'];
      const said = await this._say(asked, signal);
      if (said.end === 'exited' && said.code === 0 && said.stdout.trim() === 'N/A') {
        return id;
      }
    }
    const ranges = rangesOf(procs);
    const list = ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`));
    return `${id}_[${list.join(',')}]`;
  }

  private _say(
    argv: readonly string[],
    signal: AbortSignal,
    options: ICommandOptions = {}
  ): Promise<Said> {
    // Times of a user's own format are no help to a parser.
    const env = { SLURM_TIME_FORMAT: undefined, SQUEUE_FORMAT: undefined, SACCT_FORMAT: undefined };
    return say(this._host, argv, signal, { env, ...options });
  }
}

function hasNoDatabase(said: Said): boolean {
  return said.end === 'exited' && said.code !== 0 && said.stderr.includes(NO_DATABASE);
}

/** Missing tasks, and ended ones of which the queue does not tell how; not those known to be over. */
function needsMore(
  rows: ReadonlyMap<number, IJobRow> | undefined,
  { jobs, isOver = () => false }: IWatched
): boolean {
  return Array.from({ length: jobs }, (_, proc) => proc).some(proc => {
    const state = rows?.get(proc)?.state;
    return !isOver(proc) && (state === undefined || state === 'failed' || state === 'succeeded');
  });
}

function byCluster(
  tasks: readonly ITask[],
  watched: readonly IWatched[]
): ReadonlyMap<string, Map<number, IJobRow>> {
  const rows = new Map(watched.map(({ cluster }) => [cluster.id, new Map<number, IJobRow>()]));
  for (const { id, row } of tasks) {
    rows.get(id)?.set(row.proc, row);
  }
  return rows;
}

function jobId(id: string): string {
  if (!/^\d+$/.test(id)) {
    const next = 'Choose jobs of a submission.';
    throw new HepbatchError('bad-request', `${JSON.stringify(id)} is no job id`, { next });
  }
  return id;
}
