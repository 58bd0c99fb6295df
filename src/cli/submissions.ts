import { randomUUID } from 'node:crypto';
import { submissions } from '../contract';
import type { JobSelection, JobsOutcome, Submission } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { asJson } from './clusters-logs';
import { findSubmission } from './find-submission';
import { openConnection } from './open-connection';
import { printable } from './printable';
import { nameOf, number, outcomesText, submissionText, submissionsText } from './submission-text';
import { runSubmissionAudit } from './submissions-audit';
import { reproduce, runJobs, runJobLogs } from './submissions-jobs';
import { countMeant, parseSubmissions } from './submissions-options';
import type { ISubmissionsCommand } from './submissions-options';
import { agreed, tellEnd } from './submit';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { runVerb } from './verb';
import { isSent, isSettled, watchSubmission } from './watch-submission';

/** Text of `hepbatch submissions --help`. */
export const SUBMISSIONS_HELP = `usage: hepbatch submissions [--json]
       hepbatch submissions show|watch|fetch|reconcile|resume|forget NAME [--json]
       hepbatch submissions jobs NAME [--state STATE] [--dataset NAME] [--json]
       hepbatch submissions retry|hold|release|remove NAME [which jobs] [options]
       hepbatch submissions logs NAME JOB [--stream error|output|events] [--follow] [--lines N]
       hepbatch submissions reproduce NAME JOB
       hepbatch submissions audit NAME [options of hepbatch audit]
       hepbatch submissions import CONNECTION FOLDER

Plain batch jobs, which go on without this terminal. NAME is the name of a submission's folder, such as
myanalysis_20260522_175343, the beginning of its token, or last. JOB is its cluster and number: AN-GJet.0.

  show        how it stands, jobs by dataset, and why some wait, are held or failed
  watch       shows that live until no job will change by itself; Ctrl-C ends the watching alone
  jobs        every job with its state, time, memory, node and reason
  retry       held jobs are released, those that failed run again as a submission of their own
  remove      takes jobs out of the queue
  logs        the end of what a job wrote
  reproduce   a line of shell that runs this one job on its host
  fetch       brings spooled output back, then takes completed jobs out of the queue
  reconcile   looks for clusters of which it is not known whether they were submitted
  resume      submits what is not submitted yet; what is unknown is looked for first
  audit       compares the outputs with its input files, and says the command for that; from
              its --output FILE, hepbatch submit --missing FILE --of NAME runs what is missing
  import      watches a folder that the submitter of the framework made
  forget      forgets one that is done; its files stay

      --json                 the answer of the agent as JSON
  -y, --yes                  retry, hold, release, remove ask nothing; without a terminal they never do

which jobs; else all, for retry those that are held or failed:
      --state STATE          such as held,failed
      --dataset NAME         of one dataset
      --job JOB              one job; may be given several times

what jobs that run again are to have:
  -m, --memory SIZE          such as 4GB
  -q, --queue NAME           job flavour, or partition
      --walltime H:MM:SS     wall time
      --exclude-node NAME    not on this node; may be given several times

exit status: 0 done, for watch: all jobs succeeded; 1 not for all jobs, for watch: some did not succeed, for audit:
something is missing; 2 it could not be done; 130 ended by Ctrl-C
`;

/** `hepbatch submissions`. Resolves with the exit status. */
export function runSubmissions(argv: readonly string[], terminal: ITerminal): Promise<number> {
  const [first, ...rest] = argv;
  if (first === 'audit') {
    return runSubmissionAudit(rest, terminal);
  }
  return runVerb('submissions', terminal, 2, async signal => {
    const command = parseSubmissions(argv);
    const { verb, names, json } = command;
    const { stdout } = terminal;
    if (command.help) {
      stdout.write(SUBMISSIONS_HELP);
      return 0;
    }
    const client = await openAgent(terminal);
    if (verb === 'list') {
      const answer = await client.call(submissions.list, undefined);
      stdout.write(json ? asJson(answer) : submissionsText(answer.submissions));
      return 0;
    }
    const [name = '', second = ''] = names;
    if (verb === 'import') {
      const connection = await opened(client, name, signal);
      const taken = await client.call(submissions.import, { connection, folder: second });
      return say(taken, json, terminal, `${nameOf(taken)} is watched from now on`);
    }
    const submission = await findSubmission(client, name);
    if (verb !== 'show' && verb !== 'jobs' && verb !== 'forget') {
      await opened(client, submission.connection, signal);
    }
    return doVerb(client, submission, command, terminal, signal);
  });
}

async function doVerb(
  client: IAgentClient,
  submission: Submission,
  command: ISubmissionsCommand,
  terminal: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const { token } = submission;
  const { verb, names, json } = command;
  const { stdout } = terminal;
  switch (verb) {
    case 'show': {
      const now = await client.call(submissions.read, { token });
      stdout.write(json ? asJson(now) : submissionText(now));
      return 0;
    }
    case 'watch': {
      const last = await watchSubmission(client, token, isSettled, terminal, signal);
      return tellEnd(last, json, terminal);
    }
    case 'jobs':
      return runJobs(client, submission, command, terminal);
    case 'logs':
      return runJobLogs(client, submission, command, terminal, signal);
    case 'reproduce':
      return reproduce(client, submission, names[1] ?? '', command, terminal);
    case 'reconcile':
    case 'resume': {
      await client.call(submissions[verb], { token });
      const sent = await watchSubmission(client, token, isSent, terminal, signal);
      const isWhole = sent.state === 'submitted' || sent.state === 'done';
      say(sent, json, terminal, `${nameOf(sent)} is ${sent.state}`);
      terminal.stderr.write(isWhole || json ? '' : submissionText(sent));
      return isWhole ? 0 : 1;
    }
    case 'fetch': {
      const { outcomes, submission: now } = await client.call(submissions.fetch, { token });
      return tellOutcomes('fetch', outcomes, { outcomes, submission: now }, json, terminal);
    }
    case 'forget':
      await client.call(submissions.forget, { token });
      stdout.write(json ? asJson({}) : `${printable(nameOf(submission))} is forgotten\n`);
      return 0;
    default:
      return change(client, submission, command, terminal, signal);
  }
}

/** What changes jobs is asked before, with how many they are. */
async function change(
  client: IAgentClient,
  submission: Submission,
  { verb, jobs, json, yes, change: wanted }: ISubmissionsCommand,
  terminal: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const { token } = submission;
  const retried: JobSelection = { kind: 'states', states: ['held', 'failed'], dataset: null };
  const selection = jobs ?? (verb === 'retry' ? retried : { kind: 'all' });
  if (!yes) {
    const now = await client.call(submissions.read, { token });
    const count = number(countMeant(now, selection), 'job');
    const word = verb.charAt(0).toUpperCase() + verb.slice(1);
    const tty = openTty();
    try {
      if (!(await agreed(tty, `${word} ${count} of ${nameOf(now)}?`, signal))) {
        terminal.stderr.write('Nothing was done.\n');
        return 1;
      }
    } finally {
      tty?.close();
    }
  }
  if (verb === 'retry') {
    const body = { token, jobs: selection, child: randomUUID(), ...wanted };
    const { outcomes, child } = await client.call(submissions.retry, body);
    // What is left of the submission is in the hands of the agent; the person wants to see it arrive.
    const sent = child && (await watchSubmission(client, child.token, isSent, terminal, signal));
    const status =
      outcomes.length > 0 || sent === null || json
        ? tellOutcomes('retry', outcomes, { outcomes, child: sent }, json, terminal)
        : 0;
    if (sent !== null && !json) {
      const words = `${nameOf(sent)} ${sent.token} runs ${number(sent.jobs, 'job')} again`;
      terminal.stdout.write(`${printable(words)}\n`);
    }
    return sent !== null && sent.state !== 'submitted' && sent.state !== 'done' ? 1 : status;
  }
  const how = verb === 'hold' || verb === 'release' ? verb : 'remove';
  const answer = await client.call(submissions[how], { token, jobs: selection });
  return tellOutcomes(how, answer.outcomes, answer, json, terminal);
}

function tellOutcomes(
  verb: string,
  outcomes: readonly JobsOutcome[],
  answer: unknown,
  json: boolean,
  { stdout }: ITerminal
): number {
  stdout.write(json ? asJson(answer) : outcomesText(verb, outcomes));
  return outcomes.every(({ end }) => end === 'done') ? 0 : 1;
}

function say(now: Submission, json: boolean, { stdout }: ITerminal, words: string): number {
  stdout.write(json ? asJson(now) : `${printable(words)}\n`);
  return 0;
}

/** The id of a connection, once it is open. */
async function opened(client: IAgentClient, name: string, signal: AbortSignal): Promise<string> {
  const tty = openTty();
  try {
    return (await openConnection(client, name, tty, signal)).profile.id;
  } finally {
    tty?.close();
  }
}
