/** Runs one command of a scheduler on a host and says how it ended in as few words as matter. */
import { HepbatchError } from '../../../contract';
import type { HostRunResult, IHost } from '../../connections/hosts/host';
import type { Environment } from '../../run';

/** What a command may use. */
export interface ICommandOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  /** Takes stdout as it comes; what is said then has none. */
  readonly onStdout?: (chunk: Buffer) => void;
}

/** A command of a scheduler with what it said, or why nobody knows how it ended. */
export type Said =
  | {
      readonly end: 'exited';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly end: 'absent'; readonly why: string }
  | { readonly end: 'unclear'; readonly why: string; readonly stdout: string };

/** A schedd under load answers after a minute; nothing waits longer than this. */
const TIMEOUT_MS = 180_000;

/** 100,000 jobs in JSON are about 50 MB. */
const OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs it; does not throw for whatever becomes of it. */
export async function say(
  host: IHost,
  argv: readonly string[],
  signal: AbortSignal,
  { timeoutMs = TIMEOUT_MS, maxOutputBytes = OUTPUT_BYTES, ...more }: ICommandOptions = {}
): Promise<Said> {
  let ran: HostRunResult;
  try {
    ran = await host.run(argv, { ...more, signal, timeoutMs, maxOutputBytes });
  } catch (cause) {
    if (!(cause instanceof HepbatchError)) {
      throw cause;
    }
    return { end: 'unclear', why: cause.message, stdout: '' };
  }
  if (ran.end === 'exited') {
    const { code, stdout, stderr } = ran;
    // Each of these commands ends its last line: `102` may be the beginning of the job `1023`.
    const isCut = code === 0 && stdout !== '' && !stdout.endsWith('\n');
    return isCut
      ? { end: 'unclear', why: `${argv[0] ?? ''} on ${host.title}: its answer is cut off`, stdout }
      : { end: 'exited', code, stdout, stderr };
  }
  if (ran.end === 'not-started') {
    return { end: 'absent', why: `${argv[0] ?? ''} on ${host.title}: ${ran.message}` };
  }
  const why =
    ran.end === 'unknown'
      ? ran.reason
      : ran.end === 'signal'
        ? `ended by ${ran.signal}`
        : ran.end.replaceAll('-', ' ');
  return { end: 'unclear', why: `${argv[0] ?? ''} on ${host.title}: ${why}`, stdout: ran.stdout };
}

/** What it printed where it ended well. Throws `unsupported` where it is absent, `unreachable` otherwise. */
export function needAnswer(said: Said, what: string): string {
  if (said.end === 'exited' && said.code === 0) {
    return said.stdout;
  }
  throw said.end === 'absent'
    ? new HepbatchError('unsupported', said.why, {
        next: 'Choose a connection to a machine from where this batch system can be used.'
      })
    : new HepbatchError('unreachable', `${what}: ${wordsOf(said)}`, {
        next: 'Nothing was changed. Check your ticket (klist) and the connection; it is asked again.'
      });
}

/** What a command that failed said, in one line. */
export function wordsOf(said: Said): string {
  if (said.end !== 'exited') {
    return said.why;
  }
  const words = oneLine(said.stderr) || oneLine(said.stdout);
  return words === '' ? `ended with status ${said.code} and said nothing` : words;
}

/** Text of a program without line ends, at most 1,000 characters. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 1000);
}
