import { parseArgs } from 'node:util';
import { HepbatchError } from '../contract';
import { examine } from './doctor-checks';
import type { ICheck, IDoctorReport } from './doctor-checks';
import { printable } from './printable';
import type { ITerminal } from './terminal';
import { runVerb } from './verb';

/** Text of `hepbatch doctor --help`. */
export const DOCTOR_HELP = `usage: hepbatch doctor [--json]

Says on one page what works here and what does not: Node, the agent, Python, programs, schedulers,
tickets, configuration files. It starts no agent and opens no connection, and what it says holds
no secret, so it may go into a bug report.

      --json   the same as JSON

exit status: 0 no fault; 1 something is at fault; 2 it could not be told
`;

/** `hepbatch doctor`. Resolves with the exit status. */
export function runDoctor(
  argv: readonly string[],
  version: string,
  terminal: ITerminal
): Promise<number> {
  return runVerb('doctor', terminal, 2, async () => {
    const { json, help } = parse(argv);
    if (help) {
      terminal.stdout.write(DOCTOR_HELP);
      return 0;
    }
    const report = await examine(version, terminal);
    terminal.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    const checks = report.sections.flatMap(section => section.checks);
    return checks.some(({ state }) => state === 'failed') ? 1 : 0;
  });
}

const MARKS: Readonly<Record<ICheck['state'], string>> = {
  ok: 'ok',
  absent: '-',
  warning: 'warn',
  failed: 'FAIL',
  unknown: '?'
};

function reportText({ sections }: IDoctorReport): string {
  const width = Math.max(
    ...sections.flatMap(({ checks }) => checks.map(({ name }) => name.length))
  );
  return sections
    .map(({ title, checks }) => {
      const lines = checks.map(
        ({ name, state, words }) =>
          `  ${MARKS[state].padEnd(4)}  ${printable(name).padEnd(width)}  ${printable(words)}`
      );
      return `${title}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function parse(argv: readonly string[]): { json: boolean; help: boolean } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false }
      }
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HepbatchError('bad-request', why, { next: 'See hepbatch doctor --help.' }, { cause });
  }
}
