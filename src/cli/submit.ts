import { submissions } from '../contract';
import type { SubmissionPreview, SubmissionRequest } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { asJson } from './clusters-logs';
import { openConnection } from './open-connection';
import { parseSubmit, submitFieldsHelp, wrongSubmit } from './submit-options';
import { submitFileParts, submitSummary } from './submit-text';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { runVerb } from './verb';

/** Text of `hepbatch submit --help`. */
export const SUBMIT_HELP = `usage: hepbatch submit CONNECTION --dry-run --json-analysis FILE [options] [-- ARGUMENTS]

Shows every file and every command of plain batch jobs, and what is wrong with them, before anything is
written. CONNECTION is one whose backend begins with vanilla-. ARGUMENTS are those of run_analysis.py;
--json-analysis, --executor and --dump are added to them.

      --dry-run                      shows it; writes and submits nothing
      --json                         the answer of the agent as JSON
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

exit status: 0 it could be submitted so; 1 it could not; 2 it could not be shown; 130 ended by Ctrl-C
`;

/** How many files are asked for at once. */
const PAGE = 2000;

/** `hepbatch submit`. Resolves with the exit status. */
export function runSubmit(argv: readonly string[], terminal: ITerminal): Promise<number> {
  return runVerb('submit', terminal, 2, async signal => {
    const command = parseSubmit(argv);
    const { stdout, cwd } = terminal;
    if (command.help) {
      stdout.write(SUBMIT_HELP);
      return 0;
    }
    if (!command.dryRun) {
      throw wrongSubmit('--dry-run is missing: it shows what would be done, and only that is done');
    }
    command.request('checked-first', cwd); // what is wrong here needs no connection
    const client = await openAgent(terminal);
    const tty = openTty();
    try {
      const { profile } = await openConnection(client, command.connection, tty, signal);
      const isHere = profile.host.kind === 'local';
      const request = command.request(profile.id, isHere ? cwd : null);
      const preview = await wholePreview(client, request);
      stdout.write(command.json ? asJson(preview) : submitSummary(preview));
      if (!command.json) {
        for (const part of submitFileParts(preview)) {
          stdout.write(part);
        }
      }
      return preview.problems.some(({ level }) => level === 'refused') ? 1 : 0;
    } finally {
      tty?.close();
    }
  });
}

/** All pages as one. */
async function wholePreview(
  client: IAgentClient,
  request: SubmissionRequest
): Promise<SubmissionPreview> {
  const ask = (stamp: string | null, offset: number) =>
    client.call(submissions.preview, { request, stamp, offset, most: PAGE });
  const first = await ask(null, 0);
  const files = [...first.files];
  while (files.length < first.total) {
    const page = await ask(first.stamp, files.length);
    if (page.files.length === 0) {
      break; // the samples JSON has become shorter meanwhile
    }
    files.push(...page.files);
  }
  return { ...first, files };
}
