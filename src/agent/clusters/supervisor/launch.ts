import type * as z from 'zod';
import { Failure, HepbatchError } from '../../../contract';
import type { Environment } from '../../run';
import type { IHost } from '../../connections/hosts/host';
import { parse } from './line';

/** A Python with what is run before its own arguments, and its environment. */
export interface IPython {
  readonly argv: readonly string[];
  readonly env: Environment;
}

/** A run of the supervisor's program. */
export interface ILaunch<T> {
  readonly python: IPython;
  readonly program: string;
  readonly command: 'start' | 'preview' | 'check' | 'clean';
  readonly request?: unknown;
  readonly reply: z.ZodType<T>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Runs one command of the supervisor's program on a host, and gives its answer. Throws what it says;
 * `unsupported` where this Python cannot run it; for `start` and `clean` `unknown-outcome` where its
 * end was not seen.
 */
export async function launch<T>(
  host: IHost,
  { python, program, command, request, reply, signal, timeoutMs }: ILaunch<T>
): Promise<T> {
  const argv = [...python.argv, program, command];
  const ran = await host.run(argv, {
    env: python.env,
    stdin: request === undefined ? '' : JSON.stringify(request),
    signal,
    timeoutMs,
    maxOutputBytes: 10_000_000
  });
  const line = ran.stdout.trimEnd().split('\n').at(-1) ?? '';
  const failure = Failure.safeParse(asJson(line));
  if (failure.success) {
    const { code, message, data } = failure.data;
    throw new HepbatchError(code, message, data);
  }
  if (ran.end === 'exited' && ran.code === 0) {
    return parse(reply, asJson(line), command);
  }
  const what = `${argv.join(' ')} on ${host.title}`;
  if (ran.end === 'exited' || ran.end === 'not-started') {
    const why = ran.end === 'exited' ? lastWords(ran.stderr, ran.code) : ran.message;
    throw new HepbatchError('unsupported', `${what}: ${why}`, {
      next: 'Choose another environment: it takes a Python of version 3.9 or newer.'
    });
  }
  if (command === 'start' || command === 'clean') {
    const why = ran.end === 'unknown' ? ran.reason : ran.end;
    throw new HepbatchError('unknown-outcome', `${what}: ${why}`, {
      next: 'It may have been done: it is looked for as soon as the host can be asked.'
    });
  }
  throw ran.end === 'cancelled'
    ? new HepbatchError('cancelled', `${what}: cancelled`, { next: 'Try again.' })
    : new HepbatchError('timed-out', `${what}: ${ran.end}`, {
        next: 'Try again; a Python on a network file system may be slow the first time.'
      });
}

function lastWords(stderr: string, code: number): string {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? `it ended with status ${code}` : said.slice(0, 400);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no answer of the program; how it ended is told instead
  }
}
