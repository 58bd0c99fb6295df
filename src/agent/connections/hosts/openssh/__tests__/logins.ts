import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { Question } from '../../../asker';
import { address, answer, sshWorld } from '../../__tests__/ssh-bed';
import type { SshBed } from '../../__tests__/ssh-bed';
import type { IHost } from '../../host';
import type { ISshWorld } from '../../open-options';
import { openOpenssh } from '../open';

/** How a test logs in. */
export interface ILoginOptions {
  /** Changes the configuration of the bed. */
  readonly config?: (text: string) => string;
  /** What a person types, one after the other; null cancels. Absent: the right thing. */
  readonly answers?: (string | null)[];
  readonly world?: Partial<ISshWorld>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const hosts = new Set<IHost>();
const folders: string[] = [];

/** A folder that is gone after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'login-'));
  folders.push(made);
  return made;
}

/** Logs in; what the test does not close is closed after it. */
export async function login(bed: SshBed, alias: string, options: ILoginOptions = {}) {
  const { config, answers, env, signal } = options;
  const asked: Question[] = [];
  const ask: ISshWorld['ask'] = question => {
    asked.push(question);
    const said = answers === undefined ? answer(bed, question.text) : answers.shift();
    return Promise.resolve(said ?? null);
  };
  const { world } = sshWorld(bed);
  const runtime = options.world?.runtime ?? folder();
  const file = join(folder(), 'config');
  writeFileSync(file, (config ?? (text => text))(readFileSync(bed.sshConfig, 'utf8')));
  const all = { ...world.env, HEPBATCH_SSH_CONFIG: file, ...env };
  const opening = openOpenssh(
    address(alias),
    { ...world, runtime, ask, ...options.world, env: all },
    signal ?? new AbortController().signal
  );
  const host = await opening.catch((cause: unknown) => {
    expect(readdirSync(runtime)).toEqual([]); // nothing is left of a login that failed
    throw cause;
  });
  hosts.add(host);
  return { host, asked, runtime };
}

/** Takes away what the bed's configuration says of keys and adds a line of its own. */
export const onlyKey = (line: string) => (text: string) =>
  `${text.replace(/^ *IdentityFile .*$/m, '')}  ${line}\n`;

afterEach(async () => {
  await Promise.all([...hosts].map(host => host.close()));
  hosts.clear();
  folders.splice(0).forEach(made => rmSync(made, { recursive: true, force: true }));
});
