import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import pLimit from 'p-limit';
import { HepbatchError } from '../../../contract';
import type { Environment, RunResult } from '../../run';
import { run } from '../../run';
import type { DasAnswer } from './das-answer';
import { quote } from './das-answer';

/** DAS asks its users for modesty; four clients at once is what it bears from one user. */
const CLIENTS = 4;
const TRIES = 2;
/** 200,000 files are 40 MB; beyond this somebody else than DAS is talking. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** The dasgoclient that is first on PATH, or null. */
export async function findDasgoclient(env: Environment): Promise<string | null> {
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

/** Runs dasgoclient: few at once, bounded in time and tries, and believed only where it may be. */
export class DasClient {
  constructor(
    private readonly _program: string,
    private readonly _env: Environment,
    private readonly _timeoutMs: number
  ) {}

  /** The parsed answer to a query, or why there is none. Throws `cancelled`. */
  async ask<T>(
    query: string,
    parse: (stdout: string) => DasAnswer<T>,
    signal: AbortSignal
  ): Promise<DasAnswer<T>> {
    return this._limit(async () => {
      for (let tries = 1; ; tries++) {
        const result = await run([this._program, `-query=${query}`], {
          env: this._env,
          signal,
          timeoutMs: this._timeoutMs,
          maxOutputBytes: MAX_OUTPUT_BYTES
        });
        if (result.end === 'cancelled') {
          throw new HepbatchError('cancelled', 'The questions to DAS were cancelled.', {
            next: 'Start the audit again.'
          });
        }
        const answer = this._judge(result, parse);
        if (answer.is === 'good') {
          return answer;
        }
        const speaksOfProxy = /proxy|x509/i.test(result.stdout + result.stderr);
        if (speaksOfProxy) {
          return { is: 'bad', why: `${answer.why} (next: voms-proxy-init -voms cms)` };
        }
        if (tries === TRIES || result.end === 'not-started') {
          return {
            is: 'bad',
            why: tries > 1 ? `${answer.why} (tried ${tries} times)` : answer.why
          };
        }
      }
    });
  }

  private _judge<T>(result: RunResult, parse: (stdout: string) => DasAnswer<T>): DasAnswer<T> {
    const bad = (why: string) => ({ is: 'bad', why }) as const;
    if (result.end === 'not-started') {
      return bad(`${this._program} could not be started: ${result.message}`);
    }
    if (result.end === 'timed-out') {
      return bad(`dasgoclient did not answer within ${this._timeoutMs / 1000} s`);
    }
    if (result.end === 'signal') {
      return bad(`dasgoclient was killed by ${result.signal}`);
    }
    if (result.end !== 'exited') {
      return bad(`dasgoclient wrote more than ${MAX_OUTPUT_BYTES} bytes`);
    }
    const answer = parse(result.stdout);
    if (result.code !== 0) {
      const said = quote(result.stderr) || quote(result.stdout) || 'and said nothing';
      return bad(`dasgoclient ended with exit status ${result.code}: ${said}`);
    }
    // An expired proxy may end with status 0 and nothing but a complaint.
    if (result.stdout.trim() === '' && /proxy|x509|error|denied|refused/i.test(result.stderr)) {
      return bad(`dasgoclient listed nothing and said: ${quote(result.stderr)}`);
    }
    return answer.is === 'bad' ? bad(`dasgoclient cannot be believed: ${answer.why}`) : answer;
  }

  private readonly _limit = pLimit(CLIENTS);
}
