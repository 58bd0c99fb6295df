import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { OpenHost } from '../../agent/audits/run-audit';
import { audit } from '../audit';

/** What a command said and how it ended. */
export interface ISaid {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `hepbatch audit` in this process, in a world of its own: no PATH, and a cache of its own. */
export async function runAuditCommand(
  argv: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    isTTY?: boolean;
    openHost?: OpenHost;
  } = {}
): Promise<ISaid> {
  const cache = mkdtempSync(join(tmpdir(), 'hepbatch-cache-'));
  const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';
  const env = { XDG_CACHE_HOME: cache, HEPBATCH_PYTHON: python, PATH: '/nowhere', ...options.env };
  const stdout = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false, columns: 80 });
  const stderr = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false });
  const texts = [stdout, stderr].map(async stream => {
    let text = '';
    for await (const chunk of stream) {
      text += String(chunk);
    }
    return text;
  });
  const terminal = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env,
    cwd: options.cwd ?? tmpdir()
  };
  const status = await audit(argv, terminal, options.openHost);
  stdout.end();
  stderr.end();
  const [said = '', complained = ''] = await Promise.all(texts);
  return { status, stdout: said, stderr: complained };
}
