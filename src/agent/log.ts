import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HepbatchError } from '../contract';

/** What parts of the agent tell the log; never an environment, a body of a request or a password. */
export interface ILog {
  info(message: string): void;
  warn(message: string, error?: unknown): void;
  error(message: string, error?: unknown): void;
}

/** The size at which a log is moved to `agent.log.1`, and the longest text in one line. */
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_TEXT = 8000;

/** What looks like a secret in the words of another program. */
const SECRET =
  /((?:password|passphrase|passwd|secret|token|cookie|authorization)["']?\s*[:=]\s*)(?:(?:bearer|basic|token)\s+)?("[^"]*"|'[^']*'|\S+)/gi;

/** The log of the agent: JSON lines in the state folder. It never throws: a full disk ends no work. */
export class Log implements ILog {
  constructor(
    folder: string,
    private readonly _now: () => Date = () => new Date(),
    private readonly _maxBytes: number = MAX_BYTES
  ) {
    this.path = join(folder, 'agent.log');
  }

  /** Where the log is written. */
  readonly path: string;

  info(message: string): void {
    this._write('info', message);
  }

  warn(message: string, error?: unknown): void {
    this._write('warn', message, error);
  }

  error(message: string, error?: unknown): void {
    this._write('error', message, error);
  }

  private _write(level: 'info' | 'warn' | 'error', message: string, error?: unknown): void {
    const line = JSON.stringify({
      at: this._now().toISOString(),
      level,
      pid: process.pid,
      message: clean(message),
      ...(error === undefined ? {} : { error: describe(error) })
    });
    try {
      // Opened anew each time, so that two agents and a rotation never lose each other's lines.
      const file = openSync(this.path, 'a', 0o600);
      try {
        if (fstatSync(file).size > this._maxBytes) {
          renameSync(this.path, `${this.path}.1`);
        }
        writeSync(file, line + '\n');
      } finally {
        closeSync(file);
      }
    } catch {
      // a log that cannot be written is no reason to end what the user wants done
    }
  }
}

function describe(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) {
    return clean(String(error));
  }
  const code = error instanceof HepbatchError ? `[${error.code}] ` : '';
  const cause =
    error.cause === undefined || depth > 4 ? '' : `\ncaused by ${describe(error.cause, depth + 1)}`;
  return clean(code + (error.stack ?? error.message) + cause);
}

function clean(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return cut.replace(SECRET, '$1***');
}
