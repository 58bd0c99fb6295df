import { submissions } from '../contract';
import type { AuditRequest } from '../contract';
import { openAgent } from './agent-client';
import { audit } from './audit';
import { findSubmission } from './find-submission';
import { openConnection } from './open-connection';
import { printable } from './printable';
import { wrongSubmissions } from './submissions-options';
import { shellWord } from './submit-text';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { runVerb } from './verb';

/** `hepbatch submissions audit`: the audit of a submission, filled in; what else is said goes along. */
export async function runSubmissionAudit(
  argv: readonly string[],
  terminal: ITerminal
): Promise<number> {
  const [name, ...more] = argv;
  let filledIn: string[] = [];
  const status = await runVerb('submissions', terminal, 2, async signal => {
    if (name === undefined || name.startsWith('-')) {
      throw wrongSubmissions(
        'audit takes the name of one submission, then options of hepbatch audit'
      );
    }
    const client = await openAgent(terminal);
    const { token, connection } = await findSubmission(client, name);
    const tty = openTty();
    try {
      await openConnection(client, connection, tty, signal);
    } finally {
      tty?.close();
    }
    filledIn = [...auditArguments(await client.call(submissions.audit, { token })), ...more];
    const words = ['hepbatch', 'audit', ...filledIn].map(shellWord);
    terminal.stderr.write(`${printable(words.join(' '))}\n`);
    return 0;
  });
  return status === 0 ? audit(filledIn, terminal) : status;
}

/** The command line of an audit; only what is not as it would be anyway. */
export function auditArguments(request: AuditRequest): string[] {
  const { on, inputsOn, samplesJson, source, convention, logs, chunk, skipBadFiles } = request;
  const there = on !== null && inputsOn === 'there' ? `${on}:` : '';
  return [
    ...['--json', there + samplesJson, '--source', source, '--convention', convention],
    ...(on === null ? [] : ['--on', on]),
    ...(logs === null ? [] : ['--logs', logs]),
    ...(chunk === null ? [] : ['--chunk', String(chunk)]),
    ...(skipBadFiles ? ['--skipbadfiles'] : [])
  ];
}
