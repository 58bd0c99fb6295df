import { HepbatchError } from '../../contract';
import type { Ask } from './asker';
import type { HostRunResult, IHost } from './hosts/host';

/** A program that takes one secret on its standard input, and how its words are to be read. */
export interface ISecretProgram {
  readonly argv: readonly string[];
  /** What the user is asked, in the program's own words. */
  readonly question: string;
  /** What it says where the secret was the wrong one. */
  readonly wrong: RegExp;
}

/** So often a wrong secret is asked for again. */
const TRIES = 3;

const TIMEOUT_MS = 90_000;

/** So many of its last lines are told. */
const LINES = 3;

/** `kinit`; null leaves it to the host who the user is. Throws `bad-request`. */
export function kinit(principal: string | null): ISecretProgram {
  const who = principal === null ? [] : [checked('principal', principal)];
  return {
    argv: ['kinit', ...who],
    question: `Password for ${principal ?? 'Kerberos'}: `,
    wrong: /password incorrect|preauthentication failed|decrypt integrity check failed/i
  };
}

/** `voms-proxy-init`. Throws `bad-request`. */
export function vomsProxyInit(voms: string, hours: number): ISecretProgram {
  const valid = `${hours}:00`;
  return {
    argv: ['voms-proxy-init', '-pwstdin', '-voms', checked('VO', voms), '-valid', valid],
    question: 'GRID pass phrase: ',
    wrong: /wrong pass ?phrase|bad password|check password|bad decrypt|unable to decrypt/i
  };
}

/**
 * Asks for the secret and runs the program, again where the secret was wrong. The secret goes to
 * its standard input and nowhere else. Throws `cancelled`, `unsupported` where the program is absent,
 * `refused` in its own words, `denied` after three wrong ones, `unknown-outcome` where the line broke.
 */
export async function runWithSecret(
  host: IHost,
  { argv, question, wrong }: ISecretProgram,
  ask: Ask,
  signal: AbortSignal
): Promise<void> {
  const program = argv[0] ?? '';
  for (let again = 0; again < TRIES; again++) {
    const title = `${program} on ${host.title}`;
    const asked = { title, text: question, kind: 'secret', hostKey: null } as const;
    const secret = await ask({ ...asked, again: again > 0 }, signal);
    if (secret === null) {
      const next = 'Nothing was changed; try again when you like.';
      throw new HepbatchError('cancelled', `${title} was cancelled.`, { next });
    }
    const stdin = `${secret}\n`;
    const limits = { signal, timeoutMs: TIMEOUT_MS, maxOutputBytes: 100_000 };
    const result = await host.run(argv, { ...limits, stdin, env: { LC_ALL: 'C' } });
    if (result.end === 'exited' && result.code === 0) {
      return;
    }
    const said = saidBy(result);
    if (result.end !== 'exited' || !said.some(line => wrong.test(line))) {
      throw failureOf(result, title, without(secret, said));
    }
  }
  throw new HepbatchError('denied', `${program} on ${host.title} took none of ${TRIES} answers.`, {
    next: 'Check which password it wants, then try again.'
  });
}

function failureOf(result: HostRunResult, title: string, said: readonly string[]): HepbatchError {
  const words = said.slice(-LINES).join(' ') || 'it failed without a word';
  switch (result.end) {
    case 'not-started':
      return new HepbatchError('unsupported', `${title}: ${result.message}`, {
        next: 'Install it there, or use another host.'
      });
    case 'unknown':
      return new HepbatchError('unknown-outcome', `${title}: ${result.reason}`, {
        next: 'Wait until the connection is back, then look whether it was done.'
      });
    case 'cancelled':
    case 'timed-out':
      return new HepbatchError(result.end, `${title} was ended: ${result.end}.`, {
        next: 'Try again.'
      });
    default:
      return new HepbatchError('refused', `${title}: ${words}`, {
        next: 'Mend what it says, then try again.'
      });
  }
}

/** The lines that it said. */
function saidBy({ stdout, stderr }: HostRunResult): string[] {
  const lines = `${stdout}\n${stderr}`.split('\n').map(line => line.trim());
  return lines.filter(line => line !== '');
}

/** Some programs repeat what they are told. */
function without(secret: string, lines: readonly string[]): string[] {
  return lines.map(line => (secret === '' ? line : line.replaceAll(secret, '***')));
}

/** What becomes an argument must not be an option. */
function checked(what: string, word: string): string {
  if (!/^[\w][\w./=:@+-]*$/.test(word)) {
    throw new HepbatchError('bad-request', `${JSON.stringify(word)} is no ${what}.`, {
      next: `Give a ${what} of letters, digits and . / = : @ + - _`
    });
  }
  return word;
}
