import * as z from 'zod';
import { HepbatchError } from '../contract';
import { untilCancelled } from './cancel';
import { lanes } from './lanes';
import type { Environment } from './run';
import { endGroup, spawnGroup } from './run';

/** What is asked of a helper program and how its lines are read. */
export interface ILineHelperOptions<R> {
  readonly argv: readonly string[];
  readonly env: Environment;
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

/** How one of our Python modules is started, by the interpreter that HEPBATCH_PYTHON names. */
export function pythonModule(
  env: Environment,
  module: string,
  args: readonly string[]
): { argv: string[]; env: Environment } {
  return {
    argv: [env['HEPBATCH_PYTHON'] ?? 'python3', '-m', module, ...args],
    // A json.py in the folder where the user stands must not become the helper's json.
    env: { ...env, PYTHONSAFEPATH: '1', PYTHONUNBUFFERED: '1' }
  };
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
    await untilCancelled(this._name, work, signal);
  }

  /** Ends the helper and what it started; open questions are answered with `cancelled`. */
  async dispose(): Promise<void> {
    this._fail(
      new HepbatchError('cancelled', `${this._name}: ended`, { next: 'Start the audit again.' })
    );
    await endGroup(this._pid);
  }

  private async _one(url: string): Promise<R> {
    if (this._failure) {
      throw this._failure;
    }
    this._child ??= this._start();
    const i = this._next++;
    const line = await new Promise<unknown>((resolve, reject) => {
      this._waiting.set(i, { resolve, reject });
      this._watch();
      this._child?.stdin.write(`${JSON.stringify({ i, url })}\n`);
    });
    const reply = this._options.reply.safeParse(line);
    if (!reply.success) {
      throw this._broken(`answered ${JSON.stringify(line).slice(0, 200)}`);
    }
    return reply.data;
  }

  private _start() {
    const child = spawnGroup(this._options.argv, { env: this._options.env, cwd: '/' });
    this._pid = child.pid;
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line => this._heard(line));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this._stderr = (this._stderr + text).slice(-STDERR_CHARS);
    });
    child.once('error', error => this._fail(this._broken(`cannot be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      this._fail(this._broken(`ended early (${signal ?? `exit status ${code ?? 'unknown'}`})`));
    });
    return child;
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
      this._fail(new HepbatchError('unsupported', `${this._name}: ${fatal.data.fatal}`, { next }));
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
    void endGroup(this._pid);
  }

  private _broken(what: string): HepbatchError {
    const words = this._stderr.trim().split('\n').at(-1) ?? '';
    const message = `${this._name} ${what}${words ? `: ${words}` : ''}`;
    const next = 'Set HEPBATCH_PYTHON to the Python where hepbatch[root] is installed.';
    return new HepbatchError('unreachable', message, { next });
  }

  private get _name(): string {
    return this._options.argv.slice(0, 3).join(' ');
  }

  private _child: ReturnType<typeof spawnGroup> | null = null;
  private _pid: number | undefined;
  private _next = 0;
  private _stderr = '';
  private _stall: NodeJS.Timeout | undefined;
  private _failure: HepbatchError | null = null;
  private readonly _waiting = new Map<number, IWaiting>();
}
