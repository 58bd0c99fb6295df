import { parseArgs } from 'node:util';
import { HepbatchError, JobState } from '../contract';
import type { JobSelection, Submission } from '../contract';
import { parseMb, parseWalltime } from '../agent/submissions/prepare/sizes';

/** What `hepbatch submissions` was asked. */
export interface ISubmissionsCommand {
  readonly verb: string;
  readonly names: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly yes: boolean;
  readonly follow: boolean;
  readonly lines: number;
  readonly stream: 'output' | 'error' | 'events';
  /** Null: those that the verb is for. */
  readonly jobs: JobSelection | null;
  /** What jobs that run again are to have. */
  readonly change: {
    readonly memoryMb: number | null;
    readonly queue: string | null;
    readonly walltimeSeconds: number | null;
    readonly excludeNodes: string[];
  };
}

const STREAMS = ['output', 'error', 'events'] as const;

/** The verbs, how many words each takes, and what they are. */
const NAMES: Readonly<Record<string, readonly [least: number, most: number, what: string]>> = {
  list: [0, 0, 'list takes no name'],
  ...Object.fromEntries(
    ['show', 'watch', 'jobs', 'retry', 'hold', 'release', 'remove', 'fetch']
      .concat(['reconcile', 'resume', 'forget'])
      .map(verb => [verb, [1, 1, `${verb} takes the name of one submission`]])
  ),
  logs: [2, 2, 'logs takes the name of a submission and a job such as AN-GJet.0'],
  reproduce: [2, 2, 'reproduce takes the name of a submission and a job such as AN-GJet.0'],
  import: [2, 2, 'import takes the name of a connection and a folder']
};

/** Reads the command line. Throws `bad-request`. */
export function parseSubmissions(argv: readonly string[]): ISubmissionsCommand {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        yes: { type: 'boolean', short: 'y', default: false },
        follow: { type: 'boolean', short: 'f', default: false },
        lines: { type: 'string', short: 'n', default: '50' },
        stream: { type: 'string', default: 'error' },
        state: { type: 'string', multiple: true },
        dataset: { type: 'string' },
        job: { type: 'string', multiple: true },
        memory: { type: 'string', short: 'm' },
        queue: { type: 'string', short: 'q' },
        walltime: { type: 'string' },
        'exclude-node': { type: 'string', multiple: true }
      }
    });
  } catch (cause) {
    throw wrongSubmissions(cause instanceof Error ? cause.message : String(cause));
  }
  const { values, positionals } = parsed;
  const [verb = 'list', ...names] = positionals;
  const rule = NAMES[verb];
  if (rule === undefined) {
    const verbs = [...Object.keys(NAMES), 'audit'].join(', ');
    throw wrongSubmissions(`${JSON.stringify(verb)} is none of ${verbs}`);
  }
  const [least, most, what] = rule;
  if (!values.help && (names.length < least || names.length > most)) {
    throw wrongSubmissions(what);
  }
  const stream = STREAMS.find(one => one === values.stream);
  if (stream === undefined) {
    throw wrongSubmissions(`--stream: ${values.stream} is none of ${STREAMS.join(', ')}`);
  }
  if (!/^\d+$/.test(values.lines)) {
    throw wrongSubmissions(`--lines: ${JSON.stringify(values.lines)} is no number`);
  }
  const { memory, queue, walltime, dataset } = values;
  return {
    ...{ verb, names, stream },
    json: values.json,
    help: values.help,
    yes: values.yes,
    follow: values.follow,
    lines: Number(values.lines),
    jobs: selectionOf(values.state ?? [], dataset ?? null, values.job ?? []),
    change: {
      memoryMb: memory === undefined ? null : parseMb(memory, 'memory'),
      queue: queue ?? null,
      walltimeSeconds: walltime === undefined ? null : parseWalltime(walltime),
      excludeNodes: values['exclude-node'] ?? []
    }
  };
}

/** A job as people write it: its cluster, a dot, its number. Throws `bad-request`. */
export function parseJob(text: string): { cluster: string; proc: number } {
  const [, cluster, proc] = /^(.+)\.(\d+)$/.exec(text) ?? [];
  if (cluster === undefined || proc === undefined) {
    throw wrongSubmissions(`${JSON.stringify(text)} is no job such as AN-GJet.0`);
  }
  return { cluster, proc: Number(proc) };
}

/** How many jobs of a submission are meant, those where an action would change nothing included. */
export function countMeant({ datasets }: Submission, selection: JobSelection): number {
  if (selection.kind === 'jobs') {
    return selection.jobs.reduce((sum, { procs }) => sum + procs.length, 0);
  }
  const dataset = selection.kind === 'states' ? selection.dataset : null;
  return datasets
    .filter(one => dataset === null || one.dataset === dataset)
    .map(({ jobs, counts }) =>
      selection.kind === 'all'
        ? jobs
        : selection.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
    )
    .reduce((sum, jobs) => sum + jobs, 0);
}

/** What a wrong command line gets. */
export function wrongSubmissions(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch submissions --help.' });
}

function selectionOf(
  words: readonly string[],
  dataset: string | null,
  jobs: readonly string[]
): JobSelection | null {
  const states = words.flatMap(word => word.split(',')).map(stateOf);
  if (jobs.length > 0) {
    if (states.length > 0 || dataset !== null) {
      throw wrongSubmissions('--job names jobs already: leave --state and --dataset out');
    }
    const procs = new Map<string, number[]>();
    for (const { cluster, proc } of jobs.map(parseJob)) {
      procs.set(cluster, [...(procs.get(cluster) ?? []), proc]);
    }
    const chosen = [...procs].map(([cluster, numbers]) => ({ cluster, procs: numbers }));
    return { kind: 'jobs', jobs: chosen };
  }
  if (states.length === 0 && dataset === null) {
    return null;
  }
  return { kind: 'states', states: states.length === 0 ? JobState.options : states, dataset };
}

function stateOf(word: string): JobState {
  const state = JobState.safeParse(word);
  if (!state.success) {
    throw wrongSubmissions(`--state: ${word} is none of ${JobState.options.join(', ')}`);
  }
  return state.data;
}
