import { setTimeout as sleep } from 'node:timers/promises';
import { submissions } from '../contract';
import type { JobSelection, Submission, SubmissionJob } from '../contract';
import type { IAgentClient } from './agent-client';
import { asJson } from './clusters-logs';
import { printableLines } from './printable';
import { jobsTable } from './submission-text';
import { parseJob } from './submissions-options';
import type { ISubmissionsCommand } from './submissions-options';
import type { ITerminal } from './terminal';
import { INTERRUPTED } from './verb';

const FOLLOW_MS = 1000;

/** So many bytes for each line that is asked for. */
const LINE_BYTES = 1000;

/** `hepbatch submissions jobs`: all of them, or those that are chosen. */
export async function runJobs(
  client: IAgentClient,
  { token }: Submission,
  { jobs: selection, json }: ISubmissionsCommand,
  { stdout }: ITerminal
): Promise<number> {
  await client.call(submissions.read, { token }); // looks at logs and queue first
  const rows = new Map<string, SubmissionJob>();
  for (let after = 0, more = true; more;) {
    const page = await client.call(submissions.jobs, { token, after });
    page.jobs.forEach(job => rows.set(`${job.cluster}.${job.proc}`, job));
    ({ revision: after, more } = page);
  }
  const chosen = [...rows.values()].filter(job => isChosen(job, selection));
  stdout.write(json ? asJson({ jobs: chosen }) : jobsTable(chosen));
  return 0;
}

/** `hepbatch submissions logs`: the end of what a job wrote, and what it writes from now on. */
export async function runJobLogs(
  client: IAgentClient,
  { token }: Submission,
  { names, stream, lines, follow, json }: ISubmissionsCommand,
  { stdout }: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const one = { token, ...parseJob(names[1] ?? ''), stream };
  const offset = -Math.min(Math.max(lines, 1) * LINE_BYTES, 262_144);
  let piece = await client.call(submissions.readLog, { ...one, offset });
  const tail = lines === 0 ? '' : piece.text.trimEnd().split('\n').slice(-lines).join('\n');
  if (json) {
    stdout.write(asJson({ ...piece, text: tail }));
    return 0;
  }
  stdout.write(tail === '' ? '' : `${printableLines(tail)}\n`);
  const isFollowed = () => follow && !signal.aborted;
  while (isFollowed()) {
    piece = await client.call(submissions.readLog, { ...one, offset: piece.next });
    stdout.write(printableLines(piece.text));
    if (piece.next >= piece.size && isFollowed()) {
      await sleep(FOLLOW_MS, undefined, { signal }).catch(() => undefined); // Ctrl-C ends it
    }
  }
  return signal.aborted ? INTERRUPTED : 0;
}

/** `hepbatch submissions reproduce`: how to run one job where a person can watch it. */
export async function reproduce(
  client: IAgentClient,
  { token }: Submission,
  job: string,
  { json }: ISubmissionsCommand,
  { stdout }: ITerminal
): Promise<number> {
  const input = await client.call(submissions.input, { token, ...parseJob(job) });
  stdout.write(json ? asJson(input) : `${printableLines(input.reproduce)}\n`);
  return 0;
}

function isChosen(job: SubmissionJob, selection: JobSelection | null): boolean {
  switch (selection?.kind) {
    case 'states':
      return (
        selection.states.includes(job.state) &&
        (selection.dataset === null || selection.dataset === job.dataset)
      );
    case 'jobs':
      return selection.jobs.some(
        ({ cluster, procs }) => cluster === job.cluster && procs.includes(job.proc)
      );
    default:
      return true;
  }
}
