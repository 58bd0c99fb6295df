/** Moves chunks that are to be made again out of the way, each checked right before; see `SET_ASIDE`. */
import { join } from 'node:path';
import * as z from 'zod';
import { HepbatchError } from '../../contract';
import type { StaleChunk, StaleOutcome } from '../../contract';
import type { HostRunResult } from '../connections/hosts/host';
import { run } from '../run';
import type { Environment } from '../run';
import { SET_ASIDE } from './set-aside-script';
import type { IThere } from './there/there';

/** Where the outputs of an audit lie. */
export interface IOutputPlace {
  /** Null: this machine. */
  readonly there: IThere | null;
  readonly env: Environment;
  /** The output folder, absolute. */
  readonly source: string;
  /** When the audit began: what was written later is no stale chunk. */
  readonly startedAt: string;
}

/** What lies there, and why the others do not count. */
export interface IStaleNow {
  readonly chunks: StaleChunk[];
  readonly left: StaleOutcome[];
}

const TIMEOUT_MS = 10 * 60_000;
const MOST_BYTES = 64 * 1024 * 1024;

const Answer = z.array(
  z.tuple([
    z.enum(['there', 'removed', 'gone', 'changed', 'refused']),
    z.string().nullable(),
    z.int(),
    z.string()
  ])
);

/** The folder that stale chunks of an audit go into, by the name of the audit: beside the datasets, and hidden. */
export function asideOf(id: string): string {
  return `.hepbatch-stale-${id}`;
}

/** Looks at chunks as they lie there now. Throws `unsupported`, `unreachable`, `connection-lost`. */
export async function lookAtStale(
  place: IOutputPlace,
  paths: readonly string[]
): Promise<IStaleNow> {
  const files = paths.map(path => [path, null, null] as const);
  const answers = needAnswers(await ask(place, null, files), place, files.length);
  const chunks: StaleChunk[] = [];
  const left: StaleOutcome[] = [];
  for (const [i, path] of paths.entries()) {
    const [end, why, bytes, mtimeNs] = answers[i] ?? ['gone', null, 0, '0'];
    if (end === 'there') {
      chunks.push({ path, bytes, mtimeNs });
    } else {
      left.push({ path, end, why });
    }
  }
  return { chunks, left };
}

/**
 * Moves chunks into `aside`, a folder in the output folder. One that is not as it was shown stays. Throws
 * `unknown-outcome` where the answer is lost; nothing is deleted then, and it may be asked again.
 */
export async function setAside(
  place: IOutputPlace,
  aside: string,
  chunks: readonly StaleChunk[]
): Promise<StaleOutcome[]> {
  const files = chunks.map(({ path, bytes, mtimeNs }) => [path, bytes, mtimeNs] as const);
  const said = await ask(place, aside, files);
  if (said.end !== 'exited' && said.end !== 'not-started') {
    const folder = join(place.source, aside);
    throw new HepbatchError('unknown-outcome', `${folder}: how far the move came is not known.`, {
      next: 'Show the stale chunks anew: nothing was deleted, and what was moved lies in that folder.'
    });
  }
  const answers = needAnswers(said, place, files.length);
  return chunks.map(({ path }, i) => {
    const [end, why] = answers[i] ?? ['gone', null];
    return end === 'there' ? { path, end: 'refused', why } : { path, end, why };
  });
}

function ask(
  { there, env, source, startedAt }: IOutputPlace,
  aside: string | null,
  files: readonly (readonly [string, number | null, string | null])[]
): Promise<HostRunResult> {
  const before = `${Date.parse(startedAt)}000000`;
  const options = {
    env: there === null ? env : {},
    stdin: JSON.stringify({ source, aside, before, files }),
    signal: new AbortController().signal,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_BYTES
  };
  // File names are bytes of UTF-8, whatever the language there is.
  const argv = ['-X', 'utf8', '-I', '-S', '-c', SET_ASIDE];
  return there === null
    ? run([env['HEPBATCH_PYTHON'] || 'python3', ...argv], { ...options, cwd: '/' })
    : there.host.run(['python3', ...argv], options);
}

function needAnswers(
  said: HostRunResult,
  { there, source }: IOutputPlace,
  count: number
): z.infer<typeof Answer> {
  const where = there === null ? source : `${source} on ${there.host.title}`;
  if (said.end === 'not-started' || (said.end === 'exited' && said.code === 127)) {
    throw new HepbatchError('unsupported', `${where}: there is no python3 to look at the files.`, {
      next: 'Install Python 3 there, or move the stale chunks by hand.'
    });
  }
  if (said.end === 'exited' && said.code === 0) {
    const answer = Answer.safeParse(asJson(said.stdout));
    if (answer.success && answer.data.length === count) {
      return answer.data;
    }
  }
  const words = said.stderr.trim().split('\n').at(-1) ?? '';
  throw new HepbatchError('unreachable', `${where} cannot be looked at: ${words || said.end}`, {
    next: 'Look at the folder and the connection, then try again.'
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no answer of the program; how it ended is told instead
  }
}
