import * as z from 'zod';
import { HepbatchError } from '../contract';
import { untilCancelled } from './cancel';
import type { HostRunResult, IHostProcess } from './connections/hosts/host';
import { LocalProcess } from './connections/hosts/local-process';
import { lanes } from './lanes';
import type { Environment } from './run';

/** What is asked of a helper program and how its lines are read. */
export interface ILineHelperOptions<R> {
  /** Such as `python3 -m hepbatch.xrootd_headers`; begins every message. */
  readonly name: string;
  readonly start: () => Promise<IHostProcess>;
  /** Reads one answer; `i` of the line is taken off before. */
  readonly reply: z.ZodType<R>;
  /** A helper that owes answers and is silent for so long is given up. */
  readonly stallMs: number;
  /** How many questions one `ask` may have open. */
  readonly window: number;
}

const Line = z.looseObject({ i: z.int().nonnegative() });
const Fatal = z.object({ fatal: z.string() });

/** How much of what a helper says on stderr is kept for the message. */
const STDERR_CHARS = 2000;

interface IWaiting {
  readonly resolve: (line: unknown) => void;
  readonly reject: (error: HepbatchError) => void;
}

/** How one of our Python modules is started here, by the interpreter that HEPBATCH_PYTHON names. */
export function pythonModule(
  env: Environment,
  module: string,
  args: readonly string[]
): { name: string; start: () => Promise<IHostProcess> } {
  const argv = [env['HEPBATCH_PYTHON'] ?? 'python3', '-m', module, ...args];
  // A json.py in the folder where the user stands must not become the helper's json.
  const safe = { ...env, PYTHONSAFEPATH: '1', PYTHONUNBUFFERED: '1' };
  return { name: argv.slice(0, 3).join(' '), start: () => program(argv, safe) };
}

/** A program on this machine. */
export function program(argv: readonly string[], env: Environment): Promise<IHostProcess> {
  return Promise.resolve(new LocalProcess(argv, { env, cwd: '/' }));
}

/**
 * A program that is asked with a JSON line `{"i":…,"url":…}` and answers with a JSON line of the
 * same `i`, in any order. It starts with the first question and ends with `dispose`; once it failed
 * every question gets the same error.
 */
export class LineHelper<R> {
  constructor(private readonly _options: ILineHelperOptions<R>) {}

  /**
   * Asks about each URL; `take` gets the answers as they come and ends the asking by returning
   * false. Throws `cancelled`, and `unsupported` or `unreachable` where the helper cannot answer.
   */
  async ask(
    urls: readonly string[],
    signal: AbortSignal,
    take: (index: number, reply: R) => boolean
  ): Promise<void> {
    const heard = { isEnough: false };
    const isWanted = () => !heard.isEnough && !signal.aborted;
    const work = lanes(urls.length, this._options.window, async index => {
      if (isWanted()) {
        const reply = await this._one(urls[index] ?? '');
        if (isWanted() && !take(index, reply)) {
          heard.isEnough = true;
        }
      }
    });
    await untilCancelled(this._options.name, work, signal);
  }

  /** Ends the helper and what it started; open questions are answered with `cancelled`. */
  async dispose(): Promise<void> {
    this._fail(
      new HepbatchError('cancelled', `${this._options.name}: ended`, {
        next: 'Start the audit again.'
      })
    );
    await (await this._process)?.kill();
  }

  private async _one(url: string): Promise<R> {
    this._process ??= this._start();
    const process = await this._process;
    if (this._failure) {
      throw this._failure;
    }
    const i = this._next++;
    const line = await new Promise<unknown>((resolve, reject) => {
      this._waiting.set(i, { resolve, reject });
      this._watch();
      process?.stdin.write(`${JSON.stringify({ i, url })}\n`);
    });
    const reply = this._options.reply.safeParse(line);
    if (!reply.success) {
      throw this._broken(`answered ${JSON.stringify(line).slice(0, 200)}`);
    }
    return reply.data;
  }

  /** Null where it cannot be started. */
  private async _start(): Promise<IHostProcess | null> {
    let process: IHostProcess;
    try {
      process = await this._options.start();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this._fail(cause instanceof HepbatchError ? cause : this._broken(why));
      return null;
    }
    let rest = '';
    process.stdin.on('error', () => undefined); // how it ended says why
    process.stdout.setEncoding('utf8');
    process.stdout.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line => this._heard(line));
    });
    process.stderr.setEncoding('utf8');
    process.stderr.on('data', (text: string) => {
      this._stderr = (this._stderr + text).slice(-STDERR_CHARS);
    });
    void process.ended.then(result => this._fail(this._ended(result)));
    return process;
  }

  private _ended(result: HostRunResult): HepbatchError {
    switch (result.end) {
      case 'unknown':
        return new HepbatchError('connection-lost', `${this._options.name}: ${result.reason}`, {
          next: 'Look at the connection, then start the audit again.'
        });
      case 'not-started':
        return this._broken(`cannot be started: ${result.message}`);
      case 'exited':
        return this._broken(`ended early (exit status ${result.code})`);
      default:
        return this._broken(
          `ended early (${result.end === 'signal' ? result.signal : result.end})`
        );
    }
  }

  private _heard(text: string): void {
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch {
      this._fail(this._broken(`said ${text.slice(0, 200)}, which is not JSON`));
      return;
    }
    const fatal = Fatal.safeParse(said);
    const line = Line.safeParse(said);
    if (fatal.success) {
      const next = 'pip install "hepbatch[root]" into that Python, or set HEPBATCH_PYTHON.';
      this._fail(
        new HepbatchError('unsupported', `${this._options.name}: ${fatal.data.fatal}`, { next })
      );
    } else if (line.success) {
      const waiting = this._waiting.get(line.data.i);
      this._waiting.delete(line.data.i);
      this._watch();
      waiting?.resolve(said);
    } else {
      this._fail(this._broken(`said ${text.slice(0, 200)}, which answers no question`));
    }
  }

  /** Starts the clock of the silence anew; nothing ticks while nothing is owed. */
  private _watch(): void {
    clearTimeout(this._stall);
    if (this._waiting.size > 0) {
      this._stall = setTimeout(() => {
        this._fail(this._broken(`was silent for ${this._options.stallMs / 1000} s`));
      }, this._options.stallMs);
    }
  }

  private _fail(error: HepbatchError): void {
    this._failure ??= error;
    clearTimeout(this._stall);
    const open = [...this._waiting.values()];
    this._waiting.clear();
    for (const { reject } of open) {
      reject(this._failure);
    }
    void this._process?.then(process => process?.kill());
  }

  private _broken(what: string): HepbatchError {
    const words = this._stderr.trim().split('\n').at(-1) ?? '';
    const message = `${this._options.name} ${what}${words ? `: ${words}` : ''}`;
    const next = 'Set HEPBATCH_PYTHON to the Python where hepbatch[root] is installed.';
    return new HepbatchError('unreachable', message, { next });
  }

  private _process: Promise<IHostProcess | null> | null = null;
  private _next = 0;
  private _stderr = '';
  private _stall: NodeJS.Timeout | undefined;
  private _failure: HepbatchError | null = null;
  private readonly _waiting = new Map<number, IWaiting>();
}
