import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type * as z from 'zod';
import { ConnectionProfile, SubmissionRequest } from '../../../../contract';
import type { IPlan } from '../../plan';
import type { IFacts } from '../facts';
import type { VanillaBackend } from '../options';
import { prepare } from '../prepare';

/** What a test changes in an ordinary submission. */
export interface IChanges {
  readonly backend?: VanillaBackend;
  readonly request?: Partial<z.input<typeof SubmissionRequest>>;
  readonly isPart?: boolean;
  readonly options?: z.input<typeof SubmissionRequest>['options'];
  readonly runner?: unknown;
  readonly runnerName?: string;
  readonly samples?: unknown;
  readonly facts?: Partial<IFacts>;
  readonly profile?: Partial<z.input<typeof ConnectionProfile>>;
}

/** Three files of one dataset and one of another. */
export const SAMPLES = {
  GJet: ['/data/x/nano_1.root', '/data/y/nano_1.root', '/data/z/nano_2.root'],
  Data_2022E: ['/data/e/nano_1.root']
};

/** A runner JSON for these samples, with a key that nobody knows. */
export function runnerOf(samples: object) {
  const each = (value: unknown) =>
    Object.fromEntries(Object.keys(samples).map(dataset => [dataset, value]));
  return {
    samplejson: 'samples.json',
    workflow: 'base',
    metaconditions: 'Era2022_v1',
    year: each(['2022postEE']),
    corrections: each([]),
    systematics: {},
    split_mc: true
  };
}

/** The plan of an ordinary submission with changes. */
export function plan(changes: IChanges = {}): IPlan {
  const samples = changes.samples ?? SAMPLES;
  return prepare({
    request: SubmissionRequest.parse({
      connection: 'here',
      runner: { kind: 'path', path: '/analysis/myanalysis.json' },
      folder: '/data/me',
      arguments: ['--nano-version', '12'],
      ...changes.request,
      options: { output: '/out', ...changes.options }
    }),
    profile: ConnectionProfile.parse({
      id: 'here',
      title: 'Here',
      host: { kind: 'local' },
      backend: changes.backend ?? 'vanilla-htcondor',
      defaults: {},
      ...changes.profile
    }),
    runner: {
      name: changes.runnerName ?? '/analysis/myanalysis.json',
      json: changes.runner ?? runnerOf(Object(samples) as object)
    },
    samples: { name: '/analysis/samples.json', json: samples },
    facts: {
      now: new Date('2026-05-22T17:53:43Z'),
      home: '/home/me',
      python: { argv: ['/env/bin/python'], env: {} },
      taken: [],
      missing: [],
      freeBytes: 1e12,
      environment: null,
      proxy: null,
      ticket: null,
      certDir: null,
      slurm: { maxArraySize: 1001, partitions: ['standard', 'short'] },
      ...changes.facts
    },
    isPart: changes.isPart ?? false,
    token: '11111111-2222-4333-8444-555555555555',
    stamp: '20260522_175343'
  });
}

/** The text of a file by the end of its path. */
export function textOf({ files }: IPlan, end: string): string {
  const found = files.filter(({ path }) => path.endsWith(end));
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} files end with ${end}`);
  }
  return found[0].text;
}

/** What is refused, in words. */
export function refusals({ problems }: IPlan): string[] {
  return problems.filter(({ level }) => level === 'refused').map(({ message }) => message);
}

/** Writes a plan as it is to be written; its folder is made exclusively. */
export async function write({ folders, files, folder }: IPlan): Promise<void> {
  for (const one of folders) {
    await mkdir(one, { recursive: one !== folder });
  }
  for (const { path, text, isProgram } of files) {
    await writeFile(path, text, { flag: 'wx' });
    await chmod(path, isProgram ? 0o755 : 0o644);
  }
}

/** A folder of a test alone, gone at its end; `name` may have any characters. */
export async function newFolder(name = 'work'): Promise<string> {
  const top = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const folder = join(top, name);
  await mkdir(folder);
  return folder;
}

/** A program that writes the words it was called with, and its environment, into the folder `to`. */
export function recorder(to: string): string[] {
  const script = `f="$0/$(date +%s%N).$$"; printf '%s\\0' "$@" > "$f.argv"; env -0 > "$f.env"`;
  return ['/bin/bash', '-c', script, to];
}

/** Runs a script of a plan as a person would by hand, in an environment with nothing in it. */
export function runByHand(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stderr } = spawnSync(script, args, { env, encoding: 'utf8', cwd: '/' });
  return { status, stderr };
}
