import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { EXEC_PATH, ExecEnd, FrameReader, HepbatchError } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { openConnection } from './open-connection';
import { printable } from './printable';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { runVerb } from './verb';

/** Text of `hepbatch exec --help`. */
export const EXEC_HELP = `usage: hepbatch exec [--cwd FOLDER] NAME -- COMMAND [ARGUMENT...]

Runs a command on the host of a connection, which is opened where it is closed. Its input and
output are those of hepbatch; Ctrl-C ends it there. No shell takes the arguments apart: for a
pipe or a variable give it one, as in  hepbatch exec lxplus -- sh -c 'ls | wc -l'

      --cwd FOLDER   where it begins (default: the home folder)

exit status: that of the command; 128 and the number of the signal that ended it; 127 where there is
no such program; 255 where the connection cannot be opened, or nobody knows how the command ended
`;

/** Exit status where nobody knows, or nothing could be run, as ssh has it. */
const UNKNOWN = 255;
const NO_PROGRAM = 127;
const BY_SIGNAL = 128;

/** `hepbatch exec`. Resolves with the exit status. */
export function runExec(argv: readonly string[], terminal: ITerminal): Promise<number> {
  return runVerb('exec', terminal, UNKNOWN, async signal => {
    const options = parse(argv);
    if (options === null) {
      terminal.stdout.write(EXEC_HELP);
      return 0;
    }
    const client = await openAgent(terminal);
    const tty = openTty();
    let id: string;
    try {
      ({ id } = (await openConnection(client, options.name, tty, signal)).profile);
    } finally {
      tty?.close();
    }
    const { command, cwd } = options;
    const end = await exec(client, { id, argv: command, cwd }, terminal, signal);
    return statusOf(end, command[0] ?? '', terminal);
  });
}

async function exec(
  client: IAgentClient,
  head: { id: string; argv: readonly string[]; cwd: string | null },
  { stdin, stdout, stderr }: ITerminal,
  signal: AbortSignal
): Promise<ExecEnd> {
  const { sent, answer } = client.post(EXEC_PATH);
  const stop = () => sent.destroy();
  signal.addEventListener('abort', stop, { once: true });
  stdout.once('error', stop); // nobody reads any more
  try {
    sent.write(`${JSON.stringify(head)}\n`);
    // The command may end before it has read all; then this fails, which is nobody's fault.
    void pipeline(stdin, sent).catch(() => undefined);
    const came = await answer;
    const reader = new FrameReader();
    for await (const piece of came) {
      for (const { kind, bytes } of reader.push(piece as Uint8Array)) {
        if (kind === 'end') {
          return ExecEnd.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
        }
        const output = kind === 'stdout' ? stdout : stderr;
        if (!output.write(bytes)) {
          await once(output, 'drain', { signal });
        }
      }
    }
    return { end: 'unknown', reason: 'the agent ended' };
  } catch (error) {
    if (signal.aborted) {
      throw new HepbatchError('cancelled', 'the command was ended', { next: '' });
    }
    if (error instanceof HepbatchError) {
      throw error;
    }
    return { end: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener('abort', stop);
    stdout.off('error', stop);
    sent.destroy();
  }
}

function statusOf(end: ExecEnd, program: string, { stderr }: ITerminal): number {
  const say = (words: string) => stderr.write(`hepbatch exec: ${printable(words)}\n`);
  switch (end.end) {
    case 'exited':
      return end.code;
    case 'signal':
      say(`${program} was ended by ${end.signal}`);
      return BY_SIGNAL + (SIGNALS[end.signal.replace(/^SIG/, '')] ?? 0);
    case 'not-started':
      say(end.message);
      return NO_PROGRAM;
    case 'unknown':
      say(`nobody knows how ${program} ended, it may run on: ${end.reason}`);
      return UNKNOWN;
  }
}

/** Numbers of signals, the same on all systems that have HTCondor or Slurm. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15
};

function parse(
  argv: readonly string[]
): { name: string; command: readonly string[]; cwd: string | null } | null {
  const dashes = argv.indexOf('--');
  const before = dashes < 0 ? argv : argv.slice(0, dashes);
  const command = dashes < 0 ? [] : argv.slice(dashes + 1);
  if (before.includes('--help') || before.includes('-h')) {
    return null;
  }
  const [first, second] = before;
  const isWithFolder = first === '--cwd';
  const [name, ...more] = isWithFolder ? before.slice(2) : before;
  if (isWithFolder && second?.startsWith('/') !== true) {
    throw wrong('--cwd takes an absolute path');
  }
  if (name === undefined || name.startsWith('-') || more.length > 0) {
    throw wrong('give the name of one connection before --');
  }
  if (command.length === 0) {
    throw wrong('give the command after --');
  }
  return { name, command, cwd: isWithFolder ? (second ?? null) : null };
}

function wrong(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch exec --help.' });
}
