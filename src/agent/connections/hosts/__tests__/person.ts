import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { describeWith, itIsMissing } from '../../../__tests__/test-bed';
import type { ILog } from '../../../log';
import type { Ask, Question } from '../../asker';
import type { ISshWorld } from '../open-options';
import { SSH as BED, answer } from './ssh-bed';

const port = z.int();
const forRoot = {
  knownHostsHashed: z.string(),
  bPort: port,
  cPort: port,
  password: z.string(),
  krb5Config: z.string(),
  principal: z.string()
};
const All = BED.told.extend(forRoot);

/** What the SSH servers of the test bed tell, those that ask among them. */
export type SshServers = z.infer<typeof All>;

/** Registers tests that need servers which ask; a bed that was brought up without root has none. */
export function describeServers(what: string, tests: (servers: SshServers) => void): void {
  const asked = { ...BED, told: BED.told.extend(z.object(forRoot).partial().shape) };
  describeWith(asked, what, told => {
    const all = All.safeParse(told);
    if (all.success) {
      tests(all.data);
    } else {
      itIsMissing('servers that only root can bring up: sudo testbed/up ssh');
    }
  });
}

/** A log that keeps what it is told. */
export class KeptLog implements ILog {
  readonly lines: string[] = [];
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string, error?: unknown): void {
    this.lines.push(`${message} ${error instanceof Error ? error.stack : JSON.stringify(error)}`);
  }
  error(message: string, error?: unknown): void {
    this.warn(message, error);
  }
}

/** A person who answers as the user of the bed would, and remembers what was asked. */
export class Person {
  constructor(private readonly _servers: SshServers) {}

  readonly questions: Question[] = [];
  /** Answers to give before the right ones; null cancels. */
  readonly first: (string | null)[] = [];
  /** How long it takes to think. */
  thinkMs = 0;

  readonly ask: Ask = async (question, signal) => {
    this.questions.push(question);
    if (this.thinkMs > 0) {
      await new Promise(resolve => {
        setTimeout(resolve, this.thinkMs);
        signal.addEventListener('abort', resolve);
      });
    }
    const planned = this.first.shift();
    return planned === undefined ? this._right(question) : planned;
  };

  /** The words of all questions. */
  get asked(): string[] {
    return this.questions.map(({ text }) => text);
  }

  private _right({ text, kind }: Question): string | null {
    return kind === 'host-key' ? 'yes' : answer(this._servers, text);
  }
}

/** The lines of a configuration that lead to the server a, without the bed's own keys. */
export const toServerA = (servers: SshServers) => `Host hep-a
  HostName localhost
  Port ${servers.aPort}
  User ${servers.user}
  UserKnownHostsFile ${servers.knownHosts}
  GlobalKnownHostsFile /dev/null
`;

/** The world of a user with this configuration of ssh; the bed's own follows it where it is named so. */
export function worldOf(
  servers: SshServers,
  person: Person,
  lines = '',
  more: Partial<ISshWorld> = {},
  rest = `Host *\nInclude ${servers.sshConfig}\n`
): ISshWorld & { readonly log: KeptLog } {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-'));
  const config = join(folder, 'config');
  writeFileSync(config, `${lines}\n${rest}`);
  return {
    env: { PATH: process.env['PATH'], HEPBATCH_SSH_CONFIG: config },
    runtime: folder,
    ask: person.ask,
    keepalive: { intervalMs: 15_000, countMax: 3 },
    ...more,
    log: new KeptLog()
  };
}
