import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { run } from '../run';
import type { IRunOptions, RunResult } from '../run';

/** What env.json tells of every service; `probe` is a port of this host that listens while it is up. */
const Common = z.looseObject({ service: z.string(), probe: z.int().min(1).max(65_535) });

/** A service by its name, and what the tests need to know of it. */
export interface IAsked<T extends z.ZodType> {
  readonly name: string;
  readonly told: T;
}

/** The XRootD servers, and the folder that they serve; `files` lies below it. */
export const XROOTD = {
  name: 'xrootd',
  told: z.object({
    url: z.url(),
    slowUrl: z.url(),
    silentUrl: z.url(),
    refusedUrl: z.url(),
    kerberosUrl: z.url().optional(),
    root: z.string(),
    files: z.string()
  })
};

/**
 * Registers tests that need a service of the test bed. Where it is not up one test stands for them,
 * which is skipped with the command that brings the service up; in CI it fails.
 */
export function describeWith<T extends z.ZodType>(
  asked: IAsked<T>,
  what: string,
  tests: (told: z.output<T>) => void
): void {
  const hint = `bring ${asked.name} up with: testbed/up ${asked.name}`;
  const told = find(asked);
  describe(what, () => {
    if (told === null) {
      itIsMissing(hint);
    } else {
      tests(told);
    }
  });
}

/** Stands for tests that cannot be made here: skipped with what they need, in CI a failure. */
export function itIsMissing(what: string): void {
  it.skipIf(process.env['CI'] !== 'true')(what, () => expect.fail(what));
}

/** What a service tells, or null where it is not up: no env.json, or nobody listens. */
export function find<T extends z.ZodType>(
  asked: IAsked<T>,
  bed = process.env['HEPBATCH_TESTBED'] ?? '.testbed'
): z.output<T> | null {
  const file = resolve(bed, asked.name, 'env.json');
  return existsSync(file) && listens(read(file, Common).probe) ? read(file, asked.told) : null;
}

/**
 * Runs a program as the ordinary user of the bed, in a clean environment that has the commands of
 * the services that are up; `env` is what it sees beyond that.
 */
export function asBedUser(
  argv: readonly string[],
  options: Partial<IRunOptions> = {}
): Promise<RunResult> {
  const more = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value ?? ''}`);
  return run([resolve('testbed/as-user'), 'env', '--', ...more, ...argv], {
    cwd: '/',
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    maxOutputBytes: 10_000_000,
    ...options,
    env: process.env
  });
}

function read<T extends z.ZodType>(file: string, keys: T): z.output<T> {
  return keys.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function listens(port: number): boolean {
  const connect = 'exec 3<>"/dev/tcp/127.0.0.1/$0"';
  return spawnSync('bash', ['-c', connect, String(port)]).status === 0;
}
