import { HepbatchError } from '../../../contract';
import { run } from '../../run';
import type { Environment } from '../../run';

/** The supervisor of this package as one file, made once from the folder of its sources. */
export function supervisorProgram(env: Environment, folder: string): () => Promise<Buffer> {
  let made: Promise<Buffer> | null = null;
  return () => {
    made ??= bundle(env, folder).catch((error: unknown) => {
      made = null; // what was missing may be there at the next try
      throw error;
    });
    return made;
  };
}

async function bundle(env: Environment, folder: string): Promise<Buffer> {
  const python = env['HEPBATCH_PYTHON'] || 'python3';
  const parts: Buffer[] = [];
  const said = await run([python, folder, 'bundle'], {
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    maxOutputBytes: 10_000_000,
    onStdout: piece => parts.push(piece)
  });
  if (said.end !== 'exited' || said.code !== 0 || parts.length === 0) {
    const why = said.stderr.trim().split('\n').at(-1) || said.end;
    throw new HepbatchError('unsupported', `${python} ${folder} bundle: ${why}`, {
      next: 'Install hepbatch again, or set HEPBATCH_PYTHON to a Python of version 3.10 or newer.'
    });
  }
  return Buffer.concat(parts);
}
