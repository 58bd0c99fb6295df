/** The logs and the input of one job. */
import { HepbatchError } from '../../../contract';
import { readPiece } from '../../log-piece';
import { word } from '../prepare/shell-words';
import type { IHost } from '../../connections/hosts/host';
import type { IPlannedCluster, IPlannedJob } from '../plan';
import type { SubmissionReply } from '../service';
import { wholeException } from '../watch/exception';
import { logPath } from '../watch/paths';
import type { JobStream } from '../watch/paths';
import type { IWatchedSubmission } from '../watch/submission';

/** One job by its cluster in the submission. */
export interface IOneJob {
  readonly cluster: string;
  readonly proc: number;
}

/** Which part of which log. */
export interface IWantedLog extends IOneJob {
  readonly stream: JobStream;
  readonly offset: number;
  readonly most: number;
}

/** A samples JSON of one job is shorter by far. */
const INPUT_BYTES = 16 * 1024 * 1024;

/** A traceback is above the exception, and its message may be a whole table. */
const TAIL_BYTES = 65_536;

/** A part of a log of a job. Throws `not-found` where there is none (yet), `denied`. */
export async function readLog(
  known: IWatchedSubmission,
  host: IHost,
  { cluster, proc, stream, offset, most }: IWantedLog
): Promise<SubmissionReply<'readLog'>> {
  const { planned } = find(known, { cluster, proc });
  const id = known.sent.find(({ name }) => name === cluster)?.cluster ?? null;
  if (id === null) {
    throw absent(`${cluster} was not submitted, so there is no log`, 'Submit it first.');
  }
  const path = logPath(planned, stream, known.plan.scheduler, id, proc);
  if (path === null) {
    const next = 'Look at its output and error.';
    throw absent(`${known.plan.scheduler} writes no event log`, next);
  }
  if ((await host.stat(path)) === null) {
    const next = known.plan.spool
      ? 'It is in the spool of HTCondor: fetch the output once the job has ended.'
      : 'It is written when the job begins, by some batch systems when it ends.';
    throw absent(`${path} is not there`, next);
  }
  return { ...(await readPiece(host, path, offset, most)), path };
}

/** The exception that ended a job, whole. Throws as `readLog`. */
export async function readException(
  known: IWatchedSubmission,
  host: IHost,
  one: IOneJob
): Promise<SubmissionReply<'exception'>> {
  const log = { ...one, stream: 'error', offset: -TAIL_BYTES, most: TAIL_BYTES } as const;
  const { text, path } = await readLog(known, host, log);
  return { exception: wholeException(text), path };
}

/** What a job reads, and a line for a terminal of the host that runs it there. Throws `not-found`. */
export async function input(
  known: IWatchedSubmission,
  host: IHost,
  one: IOneJob
): Promise<SubmissionReply<'input'>> {
  const { planned, job } = find(known, one);
  const { samplesJson, runnerJson } = job;
  const text = String(await host.read(samplesJson, { maxBytes: INPUT_BYTES }));
  const isOwnScript = !planned.wrapper.endsWith('.sub');
  const reproduce = isOwnScript ? lineOf(planned, job) : await lineIn(host, planned.wrapper);
  return { samplesJson, runnerJson, text, reproduce };
}

/** An imported submit file of one job holds the command itself, with a rest that only a shell would take. */
async function lineIn(host: IHost, submitFile: string): Promise<string> {
  const text = String(await host.read(submitFile, { maxBytes: INPUT_BYTES }));
  const of = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'im').exec(text)?.[1];
  const words = `${of('executable') ?? ''} ${of('arguments') ?? ''}`;
  return words
    .replace(/\s*\|\|\s*exit \d+\s*$/, '')
    .split(/\s+/)
    .map(word)
    .join(' ');
}

/** The script of the job, which runs outside of any batch system too. */
function lineOf({ name, wrapper }: IPlannedCluster, { proc, number }: IPlannedJob): string {
  // A script that clusters of one job share is told the number of the job in its dataset.
  const isOwn = wrapper.endsWith(`/${name}.sh`);
  return `${word(wrapper)} ${isOwn ? proc : number}`;
}

function find(
  { plan }: IWatchedSubmission,
  { cluster, proc }: IOneJob
): { readonly planned: IPlannedCluster; readonly job: IPlannedJob } {
  const planned = plan.clusters.find(({ name }) => name === cluster);
  const job = planned?.jobs[proc];
  if (planned === undefined || job === undefined) {
    throw absent(`${cluster} has no job ${proc}`, 'Look at the list of its jobs again.');
  }
  return { planned, job };
}

function absent(message: string, next: string): HepbatchError {
  return new HepbatchError('not-found', message, { next });
}
