import { parseArgs } from 'node:util';
import { HepbatchError, connections } from '../contract';
import type { TestStep } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { connectionsText, openText, stepText, verdictText } from './connections-text';
import { findConnection, openConnection } from './open-connection';
import { printable } from './printable';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { tryConnection } from './try-connection';
import { runVerb } from './verb';

/** Text of `hepbatch connections --help`. */
export const CONNECTIONS_HELP = `usage: hepbatch connections [--json]
       hepbatch connections open|close|test NAME [--json]

Lists the connections: where work can go, and which lines are open. JupyterLab, notebooks and
the command line share them.

  open NAME    opens a connection; what the host asks is asked in the terminal
  close NAME   closes it, for all connections to that host
  test NAME    opens it, says step by step what was found, and closes what it opened

      --json   the answer of the agent as JSON

exit status: 0 done; 1 the test did not pass; 2 it could not be done; 130 ended by Ctrl-C
`;

/** `hepbatch connections`. Resolves with the exit status. */
export function runConnections(argv: readonly string[], terminal: ITerminal): Promise<number> {
  return runVerb('connections', terminal, 2, async signal => {
    const { stdout } = terminal;
    const options = parse(argv);
    if (options === null) {
      stdout.write(CONNECTIONS_HELP);
      return 0;
    }
    const client = await openAgent(terminal);
    const { verb, name, json } = options;
    if (verb === 'list') {
      return list(client, terminal, json);
    }
    if (verb === 'close') {
      const { profile } = await findConnection(client, name);
      const closed = await client.call(connections.close, { id: profile.id });
      stdout.write(json ? asJson(closed) : `${printable(profile.title)} is closed\n`);
      return 0;
    }
    const tty = openTty();
    try {
      if (verb === 'open') {
        const { profile } = await openConnection(client, name, tty, signal);
        const opened = await client.call(connections.probe, { id: profile.id });
        stdout.write(json ? asJson(opened) : `${openText(opened)}\n`);
        return 0;
      }
      const show = json ? () => undefined : (step: TestStep) => stdout.write(`${stepText(step)}\n`);
      const { profile } = await findConnection(client, name);
      const ended = await tryConnection(client, profile, tty, show, signal);
      stdout.write(json ? asJson(ended) : `${verdictText(ended)}\n`);
      return ended.state === 'passed' ? 0 : ended.state === 'cancelled' ? 130 : 1;
    } finally {
      tty?.close();
    }
  });
}

async function list(client: IAgentClient, { stdout, stderr }: ITerminal, json: boolean) {
  const answer = await client.call(connections.list, undefined);
  stdout.write(json ? asJson(answer) : connectionsText(answer.connections, new Date()));
  for (const { file, key, value, message } of json ? [] : answer.problems) {
    const where = [file, key, value].filter(part => part !== '').join(': ');
    stderr.write(`hepbatch connections: ${printable(`${where}: ${message}`)}\n`);
  }
  return 0;
}

function parse(
  argv: readonly string[]
): { verb: 'list' | 'open' | 'close' | 'test'; name: string; json: boolean } | null {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false }
      }
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
  const { values, positionals } = parsed;
  if (values.help) {
    return null;
  }
  const [verb = 'list', name = '', ...more] = positionals;
  if (verb !== 'list' && verb !== 'open' && verb !== 'close' && verb !== 'test') {
    throw wrong(`${JSON.stringify(verb)} is none of open, close and test`);
  }
  if (more.length > 0 || (verb === 'list') !== (name === '')) {
    throw wrong(
      verb === 'list' ? 'list takes no name' : `${verb} takes the name of one connection`
    );
  }
  return { verb, name, json: values.json };
}

function wrong(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch connections --help.' });
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
