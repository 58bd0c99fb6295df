/** Whether the program of jobs is there and finds what it imports, in the environment that the jobs will have. */
import { basename } from 'node:path/posix';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import type { IProblem } from '../plan';
import { EXIT } from '../plan';
import { LOOK_AT_PROGRAM } from './environment-script';
import { word } from './shell-words';
import { environmentLines, GIVE_UP } from './wrapper';
import type { IJobEnvironment } from './wrapper';

/** What is known of it: what is not there at all, which modules are missing, how the set-up failed. */
export type EnvironmentFacts =
  | { readonly absent: string }
  | { readonly missing: readonly string[] }
  | { readonly setup: string }
  /** Why it could not be found out. */
  | { readonly unknown: string };

/** What is looked at. */
export interface ILookedAt {
  readonly environment: IJobEnvironment;
  readonly program: readonly string[];
  /** The Python of the environment, which looks. */
  readonly python: readonly string[];
  /** Modules that the program needs, whatever it imports at its top. */
  readonly needed: readonly string[];
  /** A container image, which nobody looks into. */
  readonly image: string | null;
}

/** A Python on a file system of the site may be slow to start; nobody waits longer for a preview. */
const TIMEOUT_MS = 20_000;
const MOST_BYTES = 1_000_000;

/** Who changes a field of a form is not made to wait each time. */
const KEPT_MS = 60_000;

const Answer = z.union([
  z.object({ absent: z.string() }),
  z.object({ missing: z.array(z.string()) })
]);

/** Looks at environments, each at most once a minute. */
export class Environments {
  constructor(private readonly _now: () => Date) {}

  /** Never throws for what a host or an environment does. Null where jobs run in an image. */
  look(connection: string, host: IHost, at: ILookedAt): Promise<EnvironmentFacts | null> {
    if (at.image !== null) {
      return Promise.resolve(null);
    }
    const script = scriptOf(at);
    const key = JSON.stringify([connection, script]);
    const now = this._now().getTime();
    for (const [old, { since }] of this._looks) {
      if (now - since > KEPT_MS) {
        this._looks.delete(old);
      }
    }
    const known = this._looks.get(key)?.told;
    if (known !== undefined) {
      return known;
    }
    const told = look(host, script).then(facts => {
      if ('unknown' in facts) {
        this._looks.delete(key); // the next look may find it out
      }
      return facts;
    });
    this._looks.set(key, { since: now, told });
    return told;
  }

  private readonly _looks = new Map<
    string,
    { readonly since: number; readonly told: Promise<EnvironmentFacts> }
  >();
}

/** What a person should know of it before jobs are submitted. */
export function environmentProblems(facts: EnvironmentFacts): IProblem[] {
  if ('absent' in facts) {
    const message = `The program cannot run: ${facts.absent} is not there.`;
    const next = 'Choose the environment where it is installed, or name the program.';
    return [{ level: 'refused', message, next }];
  }
  if ('setup' in facts) {
    const message = `The lines before the program fail: ${facts.setup}.`;
    return [{ level: 'warning', message, next: 'Correct them: each job would fail so.' }];
  }
  if ('unknown' in facts) {
    const message = `Whether the program finds what it imports could not be found out: ${facts.unknown}.`;
    return [{ level: 'warning', message, next: 'Run it once by hand, in the same environment.' }];
  }
  if (facts.missing.length > 0) {
    const message = `The program imports ${facts.missing.join(', ')}, which its Python does not find.`;
    const next = 'Choose another environment, install it there, or add the lines that set it up.';
    return [{ level: 'warning', message, next }];
  }
  return [];
}

/** The environment as the script of jobs makes it, then the look in place of the program. */
function scriptOf({ environment, program, python, needed }: ILookedAt): string {
  const [first = '', ...rest] = program;
  const isPython = /^python[\d.]*$/.test(basename(first));
  const at = rest.findIndex(one => !one.startsWith('-') || one === '-m' || one === '-c');
  const option = rest[at];
  const [runs, kind, name] = !isPython
    ? [python, 'command', first]
    : option === '-m'
      ? [[first], 'module', rest[at + 1]]
      : [[first], 'script', option];
  const looks = name === undefined || option === '-c' ? null : [kind, name, ...needed];
  const absent = word(`hepbatch ${JSON.stringify({ absent: first })}`);
  return [
    ...GIVE_UP,
    ...environmentLines(environment),
    ...(isPython ? [`command -v ${word(first)} > /dev/null || { echo ${absent}; exit 0; }`] : []),
    `export LOOK=${word(LOOK_AT_PROGRAM)}`,
    looks === null
      ? `echo 'hepbatch {"missing": []}'`
      : `exec ${[...runs, '-c'].map(word).join(' ')} "$LOOK" ${looks.map(word).join(' ')}`
  ].join('\n');
}

async function look(host: IHost, script: string): Promise<EnvironmentFacts> {
  try {
    const ran = await host.run(['/bin/bash', '-c', script], {
      signal: new AbortController().signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: MOST_BYTES
    });
    const last = ran.stderr.trim().split('\n').at(-1) ?? '';
    if (ran.end === 'exited' && ran.code === EXIT.setup) {
      return { setup: last.replace(/^hepbatch: (the set-up failed: )?/, '') };
    }
    const line = ran.stdout
      .split('\n')
      .filter(one => one.startsWith('hepbatch {'))
      .at(-1);
    if (line !== undefined) {
      return Answer.parse(JSON.parse(line.slice('hepbatch '.length)));
    }
    const words = ran.end === 'unknown' ? ran.reason : ran.end.replaceAll('-', ' ');
    return { unknown: ran.end === 'exited' ? last || 'Python said nothing' : words };
  } catch (cause) {
    if (cause instanceof HepbatchError || cause instanceof z.ZodError) {
      return { unknown: cause.message }; // a check that could not be made stands in nobody's way
    }
    throw cause;
  }
}
