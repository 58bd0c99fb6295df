import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { SshHost } from '../../../../contract';
import type { Question } from '../../asker';
import type { ISshWorld } from '../open-options';

/** The SSH servers of the test bed; those that ask are there for root alone. */
export const SSH = {
  name: 'ssh',
  told: z.object({
    user: z.string(),
    sshConfig: z.string(),
    keys: z.string(),
    keyPassphrase: z.string(),
    knownHosts: z.string(),
    knownHostsChanged: z.string(),
    hostKeys: z.string(),
    oneTimeCode: z.string(),
    aPort: z.number(),
    password: z.string().optional(),
    krb5Config: z.string().optional(),
    principal: z.string().optional()
  })
};
export type SshBed = z.infer<typeof SSH.told>;

/** An address of the test bed, by the alias in its configuration. */
export function address(destination: string, more: object = {}): SshHost {
  return SshHost.parse({ kind: 'ssh', destination, ...more });
}

/** The world of a test: a runtime folder of its own, the configuration of the bed, and answers. */
export function sshWorld(bed: SshBed, more: Partial<ISshWorld> = {}) {
  const asked: Question[] = [];
  const runtime = mkdtempSync(join(tmpdir(), 'rt-'));
  const world: ISshWorld = {
    env: {
      ...process.env,
      SSH_AUTH_SOCK: undefined,
      HEPBATCH_SSH_CONFIG: bed.sshConfig,
      KRB5_CONFIG: bed.krb5Config
    },
    runtime,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ask: question => {
      asked.push(question);
      return Promise.resolve(answer(bed, question.text));
    },
    ...more
  };
  return { world, asked, runtime };
}

/** What a person who knows everything types. */
export function answer(bed: SshBed, text: string): string | null {
  if (/One-time password/.test(text)) {
    return code(bed, '--unused');
  }
  if (/2nd factor/.test(text)) {
    return code(bed);
  }
  return /passphrase/.test(text) ? bed.keyPassphrase : (bed.password ?? null);
}

function code(bed: SshBed, ...args: string[]): string {
  return execFileSync(bed.oneTimeCode, args, { encoding: 'utf8' }).trim();
}
