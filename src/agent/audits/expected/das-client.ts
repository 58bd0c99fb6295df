import pLimit from 'p-limit';
import { HepbatchError } from '../../../contract';
import type { HostRunResult } from '../../connections/hosts/host';
import type { DasAnswer } from './das-answer';
import { quote } from './das-answer';
import type { IDasProgram } from './das-program';

/** DAS asks its users for modesty; four clients at once is what it bears from one user. */
const CLIENTS = 4;
const TRIES = 2;
/** 200,000 files are 40 MB; beyond this somebody else than DAS is talking. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs dasgoclient: few at once, bounded in time and tries, and believed only where it may be. */
export class DasClient {
  constructor(
    private readonly _program: IDasProgram,
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
        const result = await this._program.run(query, {
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
        if (tries === TRIES || result.end === 'not-started' || result.end === 'unknown') {
          return {
            is: 'bad',
            why: tries > 1 ? `${answer.why} (tried ${tries} times)` : answer.why
          };
        }
      }
    });
  }

  private _judge<T>(result: HostRunResult, parse: (stdout: string) => DasAnswer<T>): DasAnswer<T> {
    const bad = (why: string) => ({ is: 'bad', why }) as const;
    if (result.end === 'not-started') {
      return bad(`${this._program.path} could not be started: ${result.message}`);
    }
    if (result.end === 'unknown') {
      return bad(`nobody knows what dasgoclient said: ${result.reason}`);
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
