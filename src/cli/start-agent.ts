import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Failure, HepbatchError } from '../contract';
import type { ITerminal } from './terminal';

/** Jupyter's own keys; the agent has no use for them, and passes its environment on. */
const SECRETS = ['JUPYTER_TOKEN', 'JPY_API_TOKEN', 'JUPYTERHUB_API_TOKEN', 'JUPYTERHUB_CLIENT_ID'];

const START_MS = 20_000;
const STDERR_BYTES = 100_000;

/**
 * Memory that is no longer needed is given back early: the agent lives long, on nodes that many share. The same in
 * `hepbatch/agent.py`.
 */
const NODE_OPTIONS = ['--optimize-for-size'];

const Ready = z.looseObject({ ready: z.literal(true), socket: z.string() });

/**
 * Starts the agent of this user detached, with the program that runs now, and resolves with its
 * socket. Throws what the agent says of its failure, or `timed-out`, or `unreachable`.
 */
export async function startAgent(env: ITerminal['env']): Promise<string> {
  const program = process.argv[1];
  if (program === undefined) {
    throw new HepbatchError('internal', 'the program that runs has no path', {
      next: 'Report it.'
    });
  }
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name)));
  const stderr = openNameless();
  try {
    const child = spawn(process.execPath, [...NODE_OPTIONS, program, 'serve'], {
      stdio: ['ignore', 'pipe', stderr],
      env: kept,
      cwd: '/',
      detached: true // it outlives us, and a Ctrl-C in our terminal is not for it
    });
    const failed = once(child, 'error').then(([error]) => Promise.reject(startFailure(error)));
    const { stdout } = child;
    const line = await Promise.race([firstLine(stdout), failed, tooLate()]);
    stdout?.destroy();
    child.unref();
    const ready = Ready.safeParse(parseJson(line ?? ''));
    if (ready.success) {
      return ready.data.socket;
    }
    throw reported(readAll(stderr));
  } finally {
    closeSync(stderr);
  }
}

async function firstLine(stdout: NodeJS.ReadableStream | null): Promise<string | null> {
  for await (const line of stdout === null ? [] : createInterface({ input: stdout })) {
    return line;
  }
  return null;
}

async function tooLate(): Promise<never> {
  await new Promise(resolve => setTimeout(resolve, START_MS).unref());
  throw new HepbatchError('timed-out', `the agent was not ready after ${START_MS / 1000} s`, {
    next: '`hepbatch serve` shows what keeps it from starting.'
  });
}

/** A file, not a pipe: nobody would read the pipe once the agent runs. */
function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'hepbatch-'));
  const file = openSync(join(folder, 'stderr'), 'w+', 0o600);
  rmSync(folder, { recursive: true });
  return file;
}

function readAll(file: number): string {
  const text = Buffer.alloc(Math.min(fstatSync(file).size, STDERR_BYTES));
  readSync(file, text, 0, text.length, 0);
  return text.toString('utf8');
}

/** What the agent itself said of its failure, or else the last line it printed. */
function reported(stderr: string): HepbatchError {
  const lines = stderr.split('\n').filter(line => line.trim() !== '');
  for (const line of lines.reverse()) {
    const failure = Failure.safeParse(parseJson(line));
    if (failure.success) {
      const { code, message, data } = failure.data;
      return new HepbatchError(code, message, data);
    }
  }
  return startFailure(lines[0] ?? 'it ended without a word');
}

function startFailure(why: unknown): HepbatchError {
  const words = why instanceof Error ? why.message : String(why);
  return new HepbatchError('unreachable', `the agent did not start: ${words}`, {
    next: '`hepbatch serve` shows what keeps it from starting.'
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // it is no JSON, which the caller takes for no answer
  }
}
