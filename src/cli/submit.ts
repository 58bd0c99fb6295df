import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { HepbatchError, submissions } from '../contract';
import type { Submission, SubmissionPreview, SubmissionRequest } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { asJson } from './clusters-logs';
import { defaultConnection, findSubmission } from './find-submission';
import { openConnection } from './open-connection';
import { countsText, nameOf, number, submissionText } from './submission-text';
import { parseSubmit, submitFieldsHelp, wrongSubmit } from './submit-options';
import type { ISubmitCommand } from './submit-options';
import { problemsText, submitFileParts, submitSummary } from './submit-text';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import type { ITty } from './tty';
import { runVerb } from './verb';
import { isAllWell, isSent, isSettled, watchSubmission } from './watch-submission';

/** Text of `hepbatch submit --help`. */
export const SUBMIT_HELP = `usage: hepbatch submit [CONNECTION] --json-analysis FILE [options] [-- ARGUMENTS]
       hepbatch submit --missing FILE --of NAME [options]

Submits plain batch jobs, and asks before. CONNECTION is one whose backend begins with vanilla-; without it,
the one batch system that there is, else this machine (vanilla-local). ARGUMENTS are those of
run_analysis.py; --json-analysis, --executor and --dump are added to them. What was submitted goes on
without this terminal: see hepbatch submissions.

      --dry-run                      shows all files and commands, and what is wrong with them; no more
  -y, --yes                          asks nothing; without a terminal nothing is asked anyway
      --watch                        stays until no job will change by itself
      --json                         the answer of the agent as JSON
      --missing FILE, --of NAME      exactly the files of FILE, as the submission NAME ran its own; --queue,
                                     --memory and the like may differ
      --json-analysis FILE           the runner JSON
      --samples FILE                 the samples JSON; else the one that the runner JSON names
      --no-cluster-per-sample        a cluster for each job, not for each sample
      --vlxp-dont-cluster-per-sample the same
      --kernel KERNEL                with the Python of a Jupyter kernel
      --python PYTHON                with a Python by its path
      --program WORD                 another program than run_analysis.py; once for each of its words
      --framework NAME               higgs_dna or bottom_line: how the folder of submissions is called
      --folder FOLDER                where that folder is; else here, or the home folder of another host
      --no-proxy                     jobs need no proxy
${submitFieldsHelp()}

exit status: 0 submitted, with --watch also succeeded; 1 refused in part or as a whole, with --watch also some jobs
did not succeed; 2 it could not be done; 130 ended by Ctrl-C, which ends the waiting and no job
`;

/** How many files are asked for at once. */
const PAGE = 2000;

/** `hepbatch submit`. Resolves with the exit status. */
export function runSubmit(argv: readonly string[], terminal: ITerminal): Promise<number> {
  return runVerb('submit', terminal, 2, async signal => {
    const command = parseSubmit(argv);
    if (command.help) {
      terminal.stdout.write(SUBMIT_HELP);
      return 0;
    }
    if (command.again === null) {
      command.request('checked-first', terminal.cwd); // what is wrong here needs no connection
    }
    const client = await openAgent(terminal);
    const tty = openTty();
    try {
      const asked = await requestOf(client, command, terminal, tty, signal);
      if (command.dryRun) {
        return await show(client, asked, command, terminal);
      }
      const { problems, counts } = await onePage(client, asked, null, 0, 0);
      terminal.stderr.write(problemsText(problems));
      if (problems.some(({ level }) => level === 'refused')) {
        return 1;
      }
      const question = `Submit ${number(counts.jobs, 'job')} in ${number(counts.clusters, 'cluster')} to ${asked.request.connection}?`;
      if (!command.yes && !(await agreed(tty, question, signal))) {
        terminal.stderr.write('Nothing was submitted.\n');
        return 1;
      }
      return await submit(client, asked, command, terminal, signal);
    } finally {
      tty?.close();
    }
  });
}

/** Whether the person says yes; where there is nobody, who typed the command has said it. */
export async function agreed(
  tty: ITty | null,
  question: string,
  signal: AbortSignal
): Promise<boolean> {
  const said = tty === null ? 'y' : await tty.ask(`${question} [y/N] `, false, signal);
  return said !== null && /^y(es)?$/i.test(said.trim());
}

interface IAsked {
  readonly request: SubmissionRequest;
  readonly parent: string | null;
}

async function requestOf(
  client: IAgentClient,
  command: ISubmitCommand,
  { cwd }: ITerminal,
  tty: ITty | null,
  signal: AbortSignal
): Promise<IAsked> {
  if (command.again === null) {
    const name = command.connection ?? (await defaultConnection(client));
    const { profile } = await openConnection(client, name, tty, signal);
    const isHere = profile.host.kind === 'local';
    return { request: command.request(profile.id, isHere ? cwd : null), parent: null };
  }
  const { missing, of } = command.again;
  const { token, connection } = await findSubmission(client, of);
  await openConnection(client, connection, tty, signal);
  const { request, parent } = await client.call(submissions.again, {
    token,
    missing: {
      kind: 'content',
      name: basename(missing),
      json: await readJson(resolve(cwd, missing))
    }
  });
  return { request: command.change(request), parent };
}

/** The file lies on this machine, whatever host the jobs are on. */
async function readJson(path: string): Promise<z.core.util.JSONType> {
  try {
    return z.json().parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw wrongSubmit(`--missing: ${path} cannot be read as JSON: ${why}`);
  }
}

async function submit(
  client: IAgentClient,
  { request, parent }: IAsked,
  { json, watch }: ISubmitCommand,
  terminal: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const token = randomUUID();
  await submitOnce(client, { token, request, parent }, terminal);
  const sent = await watchSubmission(client, token, isSent, terminal, signal);
  const isWhole = sent.state === 'submitted' || sent.state === 'done';
  const { stdout, stderr } = terminal;
  if (!json) {
    const count = number(sent.jobs, 'job');
    stdout.write(`${nameOf(sent)} ${token} is ${sent.state}: ${count} on ${sent.connection}\n`);
  }
  if (!watch || !isWhole) {
    stdout.write(json ? asJson(sent) : '');
    stderr.write(isWhole || json ? '' : submissionText(sent));
    return isWhole ? 0 : 1;
  }
  const last = await watchSubmission(client, token, isSettled, terminal, signal);
  return tellEnd(last, json, terminal);
}

/** What a person is told who watched to the end. */
export function tellEnd(last: Submission, json: boolean, { stdout, stderr }: ITerminal): number {
  stdout.write(
    json ? asJson(last) : `${nameOf(last)} is ${last.state}: ${countsText(last.counts)}\n`
  );
  if (!isAllWell(last) && !json) {
    stderr.write(submissionText(last));
  }
  return isAllWell(last) ? 0 : 1;
}

/** With its token it may be asked twice, and is submitted once. */
async function submitOnce(
  client: IAgentClient,
  body: { readonly token: string } & IAsked,
  terminal: ITerminal
): Promise<Submission> {
  try {
    return await client.call(submissions.submit, body);
  } catch (error) {
    if (!(error instanceof HepbatchError) || error.code !== 'unknown-outcome') {
      throw error;
    }
    return (await openAgent(terminal)).call(submissions.submit, body);
  }
}

async function show(
  client: IAgentClient,
  asked: IAsked,
  { json }: ISubmitCommand,
  { stdout }: ITerminal
): Promise<number> {
  const preview = await wholePreview(client, asked);
  stdout.write(json ? asJson(preview) : submitSummary(preview));
  for (const part of json ? [] : submitFileParts(preview)) {
    stdout.write(part);
  }
  return preview.problems.some(({ level }) => level === 'refused') ? 1 : 0;
}

const onePage = (
  client: IAgentClient,
  asked: IAsked,
  stamp: string | null,
  offset: number,
  most: number
) => client.call(submissions.preview, { ...asked, stamp, offset, most });

/** All pages as one. */
async function wholePreview(client: IAgentClient, asked: IAsked): Promise<SubmissionPreview> {
  const first = await onePage(client, asked, null, 0, PAGE);
  const files = [...first.files];
  while (files.length < first.total) {
    const page = await onePage(client, asked, first.stamp, files.length, PAGE);
    if (page.files.length === 0) {
      break; // the samples JSON has become shorter meanwhile
    }
    files.push(...page.files);
  }
  return { ...first, files };
}
