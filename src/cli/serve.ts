import { homedir, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { openFeatures } from '../agent/features';
import { serve } from '../agent/serve';
import { HepbatchError, toFailure } from '../contract';
import type { ITerminal } from './terminal';

/** How to call it. */
export const SERVE_HELP = `hepbatch serve [--idle-minutes N]

Starts the agent of this user on this host, which the JupyterLab extension and the notebook
widgets talk to, and prints one line of JSON once it listens on its socket. If one runs already
the line says so, and nothing is started.

  --idle-minutes N   end N minutes after the last client left (HEPBATCH_IDLE_MINUTES; 15)
`;

const DEFAULT_IDLE_MINUTES = 15;

/** Runs the agent until it ends; resolves with the exit status. */
export async function runServe(
  argv: readonly string[],
  version: string,
  { stdout, stderr, env }: ITerminal
): Promise<number> {
  try {
    const options = parse(argv, env);
    if (options === 'help') {
      stdout.write(SERVE_HELP);
      return 0;
    }
    const world = { env, uid: process.getuid?.() ?? null, tmpdir: tmpdir(), home: homedir() };
    return await serve({ ...options, world, version, openFeatures }, ready => {
      stdout.write(`${JSON.stringify(ready)}\n`);
    });
  } catch (error) {
    stderr.write(`${JSON.stringify(toFailure(error))}\n`);
    return 2;
  }
}

function parse(argv: readonly string[], env: ITerminal['env']): 'help' | { idleMinutes: number } {
  const next = 'See hepbatch serve --help.';
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { 'idle-minutes': { type: 'string' }, help: { type: 'boolean', short: 'h' } }
    });
    if (values.help === true) {
      return 'help';
    }
    const said = values['idle-minutes'] ?? env['HEPBATCH_IDLE_MINUTES'];
    const idleMinutes = said === undefined || said === '' ? DEFAULT_IDLE_MINUTES : Number(said);
    if (!(idleMinutes > 0 && Number.isFinite(idleMinutes))) {
      const message = `serve: idle minutes = ${JSON.stringify(said)} is not a positive number`;
      throw new HepbatchError('bad-request', message, { next });
    }
    return { idleMinutes };
  } catch (cause) {
    if (cause instanceof HepbatchError) {
      throw cause;
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HepbatchError('bad-request', `serve: ${why}`, { next }, { cause });
  }
}
