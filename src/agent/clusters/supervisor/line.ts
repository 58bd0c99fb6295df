import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';
import { Failure, HepbatchError, SUPERVISOR_COMMANDS } from '../../../contract';
import { listen } from '../../cancel';
import type { IHost } from '../../connections/hosts/host';

/** A command of a supervisor. */
export type Command = keyof typeof SUPERVISOR_COMMANDS;

/** What goes with a command. */
export type CommandBody<K extends Command> = z.input<(typeof SUPERVISOR_COMMANDS)[K]['body']>;

/** What answers it. */
export type CommandReply<K extends Command> = z.output<(typeof SUPERVISOR_COMMANDS)[K]['reply']>;

/** The commands, as what is known of the reply of any one of them. */
type IReplies = { readonly [K in Command]: { readonly reply: z.ZodType<CommandReply<K>> } };

/** How long an answer may take; a scheduler under load thinks for long. */
const ANSWER_MS = 30_000;
const MAX_LENGTH = 64 * 1024 * 1024;

const Answer = z.union([z.object({ reply: z.unknown() }), z.object({ error: Failure })]);

/**
 * Asks a supervisor one thing. Throws `unreachable` where nobody listens, `timed-out` where nobody
 * answers (for a question), `unknown-outcome` where the line broke after a command was sent, and
 * what the supervisor itself says.
 */
export async function ask<K extends Command>(
  host: IHost,
  socketPath: string,
  command: K,
  body: CommandBody<K>,
  timeoutMs = ANSWER_MS
): Promise<CommandReply<K>> {
  const stop = AbortSignal.timeout(timeoutMs);
  for await (const said of follow(host, socketPath, command, body, stop)) {
    return said;
  }
  const next = 'It is looked for again; if it stays so, clean up.';
  throw stop.aborted
    ? new HepbatchError('timed-out', `the supervisor did not answer ${command}`, { next })
    : new HepbatchError(
        'unknown-outcome',
        `the supervisor broke off while it answered ${command}`,
        { next: 'It may be done: look before you repeat it.' }
      );
}

/** What a supervisor says to a command that goes on, until the signal comes or the line ends. */
export async function* follow<K extends Command>(
  host: IHost,
  socketPath: string,
  command: K,
  body: CommandBody<K>,
  signal: AbortSignal
): AsyncGenerator<CommandReply<K>> {
  const replies: IReplies = SUPERVISOR_COMMANDS;
  const stream = await host.connect({ socketPath });
  const end = () => void stream.destroy();
  listen(signal, end);
  if (signal.aborted) {
    end();
  }
  try {
    stream.write(`${JSON.stringify({ command, ...body })}\n`);
    for await (const line of linesOf(stream)) {
      const said = Answer.safeParse(asJson(line));
      if (!said.success) {
        throw strange(command, line);
      }
      if ('error' in said.data) {
        const { code, message, data } = said.data.error;
        throw new HepbatchError(code, message, data);
      }
      yield parse(replies[command].reply, said.data.reply, command);
    }
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

/** Checks what a supervisor said. Throws `unsupported` where it is of another version. */
export function parse<T>(schema: z.ZodType<T>, said: unknown, what: string): T {
  const checked = schema.safeParse(said);
  if (!checked.success) {
    const why = z.prettifyError(checked.error).slice(0, 400);
    throw new HepbatchError('unsupported', `the supervisor answered ${what} with: ${why}`, {
      next: 'It is of another version of hepbatch: stop the cluster, and start it anew.'
    });
  }
  return checked.data;
}

/** The lines that come; a broken line ends them as a closed one does. */
async function* linesOf(stream: Duplex): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.write(piece)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > MAX_LENGTH) {
        return;
      }
    }
  } catch (cause) {
    if (cause instanceof HepbatchError) {
      throw cause;
    } // else the stream was torn off: there are no more lines
  }
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // told as a strange answer
  }
}

function strange(command: string, line: string): HepbatchError {
  return new HepbatchError(
    'unsupported',
    `the supervisor answered ${command} with ${JSON.stringify(line.slice(0, 80))}`,
    { next: 'Something else listens there: clean up, and start the cluster anew.' }
  );
}
