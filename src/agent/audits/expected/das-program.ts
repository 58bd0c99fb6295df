import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { HepbatchError } from '../../../contract';
import type { HostRunResult } from '../../connections/hosts/host';
import type { Environment } from '../../run';
import { run } from '../../run';
import type { IThere } from '../there/there';

/** How long and how much a program may speak. */
export interface IDasRunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** A dasgoclient, on this machine or on another host. */
export interface IDasProgram {
  /** Its path, for messages. */
  readonly path: string;
  run(query: string, options: IDasRunOptions): Promise<HostRunResult>;
  /** Names exactly this program: a test's stand-in must never answer for the real one. May throw. */
  identity(): Promise<string>;
}

/** The program at that path on this machine. */
export function dasHere(path: string, env: Environment): IDasProgram {
  return {
    path,
    run: (query, options) => run([path, `-query=${query}`], { ...options, env }),
    identity: async () => {
      const real = await realpath(path);
      const { mtimeMs, size } = await stat(real);
      return `${real} ${mtimeMs} ${size}`;
    }
  };
}

/** The dasgoclient that is first on PATH here, or null. */
export async function findDasHere(env: Environment): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(part => part !== '')) {
    const path = join(folder, 'dasgoclient');
    const isProgram = await access(path, constants.X_OK)
      .then(async () => (await stat(path)).isFile())
      .catch(() => false);
    if (isProgram) {
      return path;
    }
  }
  return null;
}

const FIND_PROGRAM = `
path=$(command -v -- "$1") && [ -f "$path" ] && [ -x "$path" ] && printf %s "$path"`;

const IDENTITY = `
path=$(readlink -f -- "$(command -v -- "$1")") && stat -c '%n %.9Y %s' -- "$path"`;

/** The program of that path or name on another host. */
export function dasThere({ host, key }: IThere, path: string): IDasProgram {
  return {
    path,
    run: (query, options) => host.run([path, `-query=${query}`], options),
    identity: async () => {
      const said = await host.run(['sh', '-c', IDENTITY, 'sh', path], SHORT());
      if (said.end !== 'exited' || said.code !== 0) {
        throw new Error(`${path} cannot be told from others: ${said.end}`);
      }
      return `${key} ${said.stdout.trim()}`;
    }
  };
}

/**
 * The dasgoclient that is first on PATH there, or null. Throws `connection-lost` where nobody knows:
 * an audit without expected events must be a decision.
 */
export async function findDasThere({ host }: IThere): Promise<string | null> {
  const said = await host.run(['sh', '-c', FIND_PROGRAM, 'sh', 'dasgoclient'], SHORT());
  if (said.end !== 'exited') {
    const why = said.end === 'unknown' ? said.reason : said.end;
    throw new HepbatchError('connection-lost', `${host.title}: looking for dasgoclient: ${why}`, {
      next: 'Look at the connection, or choose another source of expected events.'
    });
  }
  return said.code === 0 ? said.stdout : null;
}

const SHORT = () => ({
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  maxOutputBytes: 64 * 1024
});
