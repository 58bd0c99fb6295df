import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { HepbatchError } from '../../../contract';
import { tell } from '../../run';
import { connectionLost } from './channel';
import type { OpenChannel } from './channel';
import type { HostRunResult, IHostRunOptions } from './host';
import { remoteCommand } from './remote-command';
import type { IRemoteStart } from './remote-command';
import { RemoteProcess } from './remote-process';
import { Sessions } from './sessions';
import { Stop } from './stop';

/** SIGTERM, and SIGKILL to what is left a second later; nothing where the group is another one by now. */
const KILL = `
[ ! -r /proc/self/cmdline ] || grep -qsF -- "$2" "/proc/$1/cmdline" || exit 0
kill -s TERM -- "-$1" || exit 0
n=0
while [ $n -lt 20 ] && kill -s 0 -- "-$1"; do sleep 0.05 || sleep 1; n=$((n + 1)); done
kill -s KILL -- "-$1"
exit 0`;

/** Runs programs on a host through sessions that take a line of its login shell. */
export class RemoteShell {
  constructor(
    private readonly _title: string,
    private readonly _open: OpenChannel,
    /** Told of each command whose end nobody knows, which may mean that the line is gone. */
    private readonly _onUnknown: () => void = () => undefined,
    /** How long what ends a command may take before nobody knows. */
    private readonly _patienceMs = 10_000
  ) {}

  /** As IHost has it. */
  async run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    const stop = new Stop(options.signal, options.timeoutMs);
    this._stops.add(stop);
    try {
      return await this._run(argv, options, stop);
    } finally {
      this._stops.delete(stop);
      stop.dispose();
    }
  }

  /** As IHost has it; its stdout and stderr must be read for `ended` to resolve. */
  async start(argv: readonly string[], options: IRemoteStart): Promise<RemoteProcess> {
    const started = await this._start(argv, options, this._sessions, new AbortController().signal);
    if (started instanceof RemoteProcess) {
      return started;
    }
    throw new HepbatchError('bad-request', `${this._title}: ${started?.fault ?? ''}`, {
      next: 'Correct what is to be started.'
    });
  }

  /** Milliseconds that a command takes which does nothing. */
  async roundTrip(): Promise<number> {
    const began = performance.now();
    const { end } = await this.run(['true'], {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      maxOutputBytes: 1000
    });
    if (end !== 'exited') {
      throw connectionLost(this._title, `a command that does nothing ended so: ${end}`);
    }
    return performance.now() - began;
  }

  /** Why the host starts no command any more; null where it does. Asked beside all that runs or waits. */
  whySilent(timeoutMs: number): Promise<string | null> {
    return this._whyUndone(['true'], this._checks, timeoutMs);
  }

  /** Ends there all that runs; nothing is started any more. */
  async close(): Promise<void> {
    this._isClosed = true;
    this._stops.forEach(stop => stop.now('cancelled'));
    const late = AbortSignal.timeout(this._patienceMs);
    await untilAborted(Promise.allSettled(this._beginning), late); // what was sent may run
    await Promise.all([...this._running].map(started => started.end()));
  }

  private async _run(
    argv: readonly string[],
    options: IHostRunOptions,
    stop: Stop
  ): Promise<HostRunResult> {
    const starting = this._start(argv, options, this._sessions, stop.signal);
    const late = stop.wait().then(why => sleep(this._patienceMs, why, { ref: false }));
    const started = await Promise.race([starting, late]);
    if (typeof started === 'string') {
      // It was sent, and nobody knows whether it begins; if it does, it is not wanted any more.
      void starting.then(begun => begun instanceof RemoteProcess && begun.end()).catch(() => null);
      const reason = `${started}, and the host has not said whether it was begun`;
      return { end: 'unknown', reason, stdout: '', stderr: '' };
    }
    if (started === null) {
      return { end: stop.reason ?? 'cancelled', stdout: '', stderr: '' };
    }
    if ('fault' in started) {
      return { end: 'not-started', message: started.fault, stdout: '', stderr: '' };
    }
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    const take = (keep: (chunk: Buffer) => void) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > options.maxOutputBytes) {
        stop.now('too-much-output');
      }
      if (stop.reason === null) {
        keep(chunk);
      }
    };
    const onStderr = (chunk: Buffer) => stderr.push(chunk);
    started.stdout.on('data', take(options.onStdout ?? (chunk => stdout.push(chunk))));
    started.stderr.on('data', take(onStderr));
    tell(started.stdin, options.stdin ?? '');
    const first = await Promise.race([started.ended, stop.wait()]);
    const isOver = typeof first === 'object';
    const isSure = isOver || (await started.end());
    const said = { stdout: text(stdout), stderr: text(stderr) };
    if (isOver) {
      return { ...first, ...said };
    }
    const reason = `${first}, but whether it ended there is not known`;
    return isSure ? { end: first, ...said } : { end: 'unknown', reason, ...said };
  }

  /** Null where the signal came while it waited for a place. */
  private async _start(
    argv: readonly string[],
    options: IRemoteStart,
    sessions: Sessions,
    signal: AbortSignal
  ): Promise<RemoteProcess | { readonly fault: string } | null> {
    const nonce = randomBytes(16).toString('hex');
    const command = remoteCommand(argv, options, nonce);
    if ('fault' in command) {
      return command;
    }
    const isOurs = sessions !== this._sessions;
    const leave = await sessions.enter(signal);
    if (leave === null) {
      return null;
    }
    try {
      if (this._isClosed && !isOurs) {
        throw connectionLost(this._title, 'was closed');
      }
      const beginning = this._begin(argv[0] ?? '', command.line, nonce, isOurs);
      this._beginning.add(beginning);
      const started = await beginning.finally(() => this._beginning.delete(beginning));
      void started.gone.then(leave);
      return started;
    } catch (cause) {
      leave();
      throw cause;
    }
  }

  private async _begin(
    program: string,
    line: string,
    nonce: string,
    isOurs: boolean
  ): Promise<RemoteProcess> {
    const channel = await this._open(line);
    const started = new RemoteProcess(program, channel, nonce, (group, which) =>
      this._end(group, which)
    );
    if (!isOurs) {
      this._running.add(started);
      void started.ended.then(({ end }) => {
        this._running.delete(started);
        if (end === 'unknown') {
          this._onUnknown();
        }
      });
    }
    return started;
  }

  private async _end(group: number, nonce: string): Promise<boolean> {
    const argv = ['sh', '-c', KILL, 'sh', String(group), nonce];
    return (await this._whyUndone(argv, this._killers, this._patienceMs)) === null;
  }

  /** Runs a command of our own outside the places of the others; null where it ended with 0 in time. */
  private async _whyUndone(
    argv: readonly string[],
    places: Sessions,
    timeoutMs: number
  ): Promise<string | null> {
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const started = await this._start(argv, {}, places, late);
      if (!(started instanceof RemoteProcess)) {
        return 'no answer in time';
      }
      started.stdin.end();
      started.stdout.resume();
      started.stderr.resume();
      const ended = await untilAborted(started.ended, late);
      const isDone = ended?.end === 'exited' && ended.code === 0;
      return isDone
        ? null
        : ended?.end === 'unknown'
          ? ended.reason
          : (ended?.end ?? 'no answer in time');
    } catch (cause) {
      if (cause instanceof HepbatchError) {
        return cause.message; // the line is gone; the caller says what that means
      }
      throw cause;
    }
  }

  private _isClosed = false;
  private readonly _stops = new Set<Stop>();
  private readonly _beginning = new Set<Promise<RemoteProcess>>();
  private readonly _running = new Set<RemoteProcess>();
  private readonly _sessions = new Sessions();
  /** With these two there are ten, which is what servers take. */
  private readonly _killers = new Sessions(1);
  private readonly _checks = new Sessions(1);
}

function text(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8');
}

/** Null where the signal comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const aborted = new Promise<null>(resolve => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
    if (signal.aborted) {
      resolve(null);
    }
  });
  return Promise.race([work, aborted]);
}
