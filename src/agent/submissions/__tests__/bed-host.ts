import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { LocalHost } from '../../connections/hosts/local';
import type { HostRunResult, IHostRunOptions } from '../../connections/hosts/host';
import { writeAtomically } from '../../record';

/** HTCondor of the bed. */
export const HTCONDOR = {
  name: 'htcondor',
  told: z.object({
    bin: z.string(),
    user: z.string(),
    schedd: z.string(),
    secondSchedd: z.string()
  })
};

/** Slurm of the bed, in each version that is up. */
export const SLURM = {
  name: 'slurm',
  told: z.object({
    user: z.string(),
    variants: z.record(
      z.string(),
      z.object({ bin: z.string(), conf: z.string(), version: z.string() })
    )
  })
};

/**
 * This machine as the ordinary user of the bed sees it: the same host as the agent's own, but commands
 * run as that user and what is written belongs to it.
 */
export class BedHost extends LocalHost {
  constructor(private readonly _bed: { readonly bin: string; readonly user: string }) {
    super({ env: process.env, home: '/' });
  }

  /** What each command was, for tests that count questions. */
  readonly asked: string[][] = [];

  override run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    const { cwd = '/', env = {}, ...more } = options;
    this.asked.push([...argv]);
    const { bin, user } = this._bed;
    const set = Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`);
    const become = process.getuid?.() === 0 ? ['runuser', '-u', user, '--'] : [];
    const clean = [
      `HOME=/home/${user}`,
      `USER=${user}`,
      `PATH=${bin}:/usr/local/bin:/usr/bin:/bin`
    ];
    const asUser = [...become, 'env', '-i', '-C', cwd, ...clean, ...set, ...argv];
    return super.run(asUser, more);
  }

  override async write(
    path: string,
    data: string | Uint8Array,
    options: { overwrite?: boolean; mode?: number } = {}
  ): Promise<void> {
    await writeAtomically(path, data, options);
    execFileSync('chown', ['--reference', resolve(path, '..'), path]);
  }
}

/** Folders that `bedFolder` made. */
const folders: string[] = [];

/** A new folder that belongs to the user of the bed; `removeBedFolders` takes it away. */
export function bedFolder(): string {
  const made = execFileSync(
    resolve('testbed/as-user'),
    ['mktemp', '-d', '/tmp/hepbatch-sub-XXXXXX'],
    {
      encoding: 'utf8',
      cwd: '/'
    }
  );
  folders.push(made.trim());
  return made.trim();
}

/** Removes what `bedFolder` made. */
export function removeBedFolders(): void {
  for (const folder of folders.splice(0)) {
    // A scheduler may still write the end of a log there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Asks until it is as wanted; fails with what it was last. */
export async function until<T>(
  ask: () => Promise<T>,
  isAsWanted: (answer: T) => boolean,
  seconds = 60
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isAsWanted(answer)) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`after ${seconds} s it is ${JSON.stringify(answer, null, 1)}`);
    }
    await new Promise(wake => setTimeout(wake, 500));
  }
}
