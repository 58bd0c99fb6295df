import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { HepbatchError } from '../contract';
import { listen } from './cancel';

/** The variables a program is started with; always handed in, never taken from this process by habit. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program may see, and how long and how much it may speak. */
export interface IRunOptions {
  readonly env: Environment;
  readonly cwd?: string;
  /** A stream that cannot fail is read as the program takes it, and not to its end where the program ends. */
  readonly stdin?: string | Uint8Array | Readable;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Of stdout and stderr together. */
  readonly maxOutputBytes: number;
  /** Takes stdout as it comes; `stdout` of the result is then empty. */
  readonly onStdout?: (chunk: Buffer) => void;
}

/** How a program ended; only `exited` says that it had its say. */
export type RunResult = { readonly stdout: string; readonly stderr: string } & (
  | { readonly end: 'exited'; readonly code: number }
  | { readonly end: 'signal'; readonly signal: string }
  | { readonly end: 'timed-out' | 'cancelled' | 'too-much-output' }
  | { readonly end: 'not-started'; readonly message: string }
);

/** How long a program may tidy up after SIGTERM, and how long its pipes may outlive it. */
const GRACE_MS = 1000;

/** So many times that grace a pipe may outlive its program while words still come. */
const LAST_WORDS = 10;

/** Leaders of the process groups that may still have members. */
const groups = new Set<number>();
let watchesExit = false;

/**
 * Starts `argv` as the leader of a new process group, which `endGroup` and `killAll` can end with
 * everything the program started. Does not throw where the program is absent: the child emits `error`.
 */
export function spawnGroup(
  argv: readonly string[],
  options: { readonly env: Environment; readonly cwd?: string }
): ChildProcessWithoutNullStreams {
  const [program, ...args] = argv;
  if (program === undefined) {
    throw new HepbatchError('internal', 'run: an empty argv names no program', {
      next: 'This is a fault of hepbatch: report it.'
    });
  }
  if (!watchesExit) {
    watchesExit = true;
    process.once('exit', killAll);
  }
  const child = spawn(program, args, { ...options, detached: true, stdio: 'pipe', shell: false });
  child.stdin.on('error', () => undefined); // a program may end without reading what it is told
  if (child.pid !== undefined) {
    groups.add(child.pid);
  }
  return child;
}

/** Says all of it to a program that may end before it heard it. */
export function tell(stdin: NodeJS.WritableStream, words: string | Uint8Array | Readable): void {
  if (words instanceof Readable) {
    words.pipe(stdin);
  } else {
    stdin.end(words);
  }
}

/** Ends a group: SIGTERM, and SIGKILL to what is left a second later. Resolves when it is gone. */
export async function endGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined || !groups.has(leader)) {
    return;
  }
  let alive = signalGroup(leader, 'SIGTERM');
  for (let waited = 0; alive && waited < GRACE_MS; waited += 20) {
    await sleep(20);
    alive = signalGroup(leader, 0);
  }
  // What is dead but not yet waited for still counts as a member, so do not wait for it for ever.
  for (let waited = 0; alive && waited < 200; waited += 20) {
    alive = signalGroup(leader, 'SIGKILL');
    await sleep(20);
  }
  groups.delete(leader);
}

/** Kills every program that is still running; for the end of this process, so it does not wait. */
export function killAll(): void {
  for (const leader of groups) {
    signalGroup(leader, 'SIGKILL');
  }
  groups.clear();
}

/** Whether the group has members; `kill` throws where there are none (or none of ours). */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end and says how it ended; never throws for what the program does. Whatever
 * it started is gone when this resolves, unless it left the process group on purpose.
 */
export function run(argv: readonly string[], options: IRunOptions): Promise<RunResult> {
  if (options.signal.aborted) {
    return Promise.resolve({ end: 'cancelled', stdout: '', stderr: '' });
  }
  const { env, cwd, signal, timeoutMs, maxOutputBytes, onStdout } = options;
  const child = spawnGroup(argv, cwd === undefined ? { env } : { env, cwd });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;

  return new Promise(resolve => {
    let isOver = false;
    const finish = async (outcome: (text: { stdout: string; stderr: string }) => RunResult) => {
      if (isOver) {
        return;
      }
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      await endGroup(child.pid);
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
      resolve(outcome({ stdout: text(stdout), stderr: text(stderr) }));
    };
    const stop = (end: 'timed-out' | 'cancelled' | 'too-much-output') =>
      void finish(said => ({ end, ...said }));
    const cancel = () => stop('cancelled');
    const timer = setTimeout(() => stop('timed-out'), timeoutMs);
    listen(signal, cancel);

    const take = (keep: (chunk: Buffer) => void) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) {
        stop('too-much-output');
      } else if (!isOver) {
        keep(chunk);
      }
    };
    child.stdout.on('data', take(onStdout ?? (chunk => stdout.push(chunk))));
    child.stderr.on(
      'data',
      take(chunk => stderr.push(chunk))
    );
    child.once('error', error => {
      void finish(said => ({ end: 'not-started', message: error.message, ...said }));
    });
    child.once('exit', (code, killedBy) => {
      const ended = () =>
        void finish(said =>
          code === null
            ? { end: 'signal', signal: killedBy ?? 'unknown', ...said }
            : { end: 'exited', code, ...said }
        );
      // Its last words are still in the pipe; a child that it left behind may hold the pipe open.
      let late: NodeJS.Timeout | undefined;
      child.once('close', () => {
        clearTimeout(late);
        ended();
      });
      const endOnceSilent = (before: number, left: number) => {
        const look = () =>
          bytes === before || left === 0 ? ended() : endOnceSilent(bytes, left - 1);
        // Pipes are read between a timer and what is set in it, even where this process stood still.
        late = setTimeout(() => setImmediate(look), GRACE_MS);
      };
      endOnceSilent(bytes, LAST_WORDS);
    });
    tell(child.stdin, options.stdin ?? '');
  });
}
