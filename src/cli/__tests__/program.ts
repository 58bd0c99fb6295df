import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';

/** Bundles a program as users have it; resolves with its path. */
export async function bundle(what: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'program-')), 'hepbatch.cjs');
  await build({
    ...what,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.node': 'empty' },
    external: ['cpu-features', './crypto/build/Release/sshcrypto.node'],
    define: { HEPBATCH_VERSION: '"1.2.3"' }
  });
  return outfile;
}

let cli: Promise<string> | undefined;

/** The command line of hepbatch, bundled once for all tests of a file. */
export const bundleCli = () => (cli ??= bundle({ entryPoints: ['src/cli/main.ts'] }));

/** Runs a program in a process of its own. */
export function start(argv: readonly string[], env: Record<string, string> = {}) {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { env: { ...process.env, ...env } });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', text => (said.out += String(text)));
  child.stderr.setEncoding('utf8').on('data', text => (said.err += String(text)));
  child.stdin.on('error', () => undefined); // it may end without reading
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...said }));
  return { child, said, ended };
}

/** A home of its own: no agent runs there, and nothing of the real user is found. */
export async function newHome(): Promise<{ home: string; env: Record<string, string> }> {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  const none = ['XDG_RUNTIME_DIR', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'JUPYTER_CONFIG_DIR'];
  const empty = Object.fromEntries(none.map(name => [name, '']));
  return { home, env: { ...empty, HOME: home, TMPDIR: home } };
}

/** The same program with a terminal of its own, as a person has it. */
export function startInTerminal(argv: readonly string[], env: Record<string, string>) {
  const quoted = argv.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return start(['script', '--quiet', '--return', '--command', quoted, '/dev/null'], env);
}
