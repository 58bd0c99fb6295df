import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../../../contract';
import { listen } from '../../../cancel';
import type { Ask } from '../../asker';
import type { Environment } from '../../../run';
import { masterArgv } from './arguments';
import type { IOpenssh } from './arguments';
import { Askpass } from './askpass';
import type { Answer } from './askpass';
import { loginError, wantsAnswers } from './failure';
import { Master } from './master';
import { toQuestion } from './question';

/** What a login needs. */
export interface ILogin {
  readonly ssh: IOpenssh;
  readonly folder: string;
  readonly env: Environment;
  readonly title: string;
  /** The file that takes an unknown host key on yes. */
  readonly knownHosts: string;
  readonly ask: Ask;
}

/**
 * Logs in: first without a question, so that keys, agents and tickets open it silently and no pass
 * phrase is asked in vain; then with. Throws `cancelled`, `denied`, `unreachable`, `refused`.
 */
export async function login(options: ILogin, signal: AbortSignal): Promise<Master> {
  const silent = await attempt(options, false, signal, (_text, _gone, stop) => {
    stop(); // a jump host asks, which knows nothing of BatchMode
    return Promise.resolve(null);
  });
  if (silent.isReady) {
    return silent.master;
  }
  if (!silent.wasStopped && !wantsAnswers(silent.master.stderr)) {
    throw loginError(options.title, silent.master.stderr);
  }
  const before = new Map<string, number>();
  const asking = await attempt(options, true, signal, async (text, gone, stop) => {
    const count = before.get(text) ?? 0;
    before.set(text, count + 1);
    const question = toQuestion(text, { ...options, before: count });
    const answer = await options.ask(question, gone);
    if (answer === null && !gone.aborted) {
      stop();
    }
    return question.kind === 'host-key' && answer !== null && answer !== 'yes' ? 'no' : answer;
  });
  if (asking.isReady) {
    return asking.master;
  }
  if (asking.fault !== null) {
    throw asking.fault;
  }
  throw asking.wasStopped
    ? cancelled(options.title)
    : loginError(options.title, asking.master.stderr);
}

interface IAttempt {
  readonly isReady: boolean;
  /** Whether a question ended it. */
  readonly wasStopped: boolean;
  /** What was thrown while an answer was looked for. */
  readonly fault: Error | null;
  readonly master: Master;
}

type AnswerOrStop = (...asked: [...Parameters<Answer>, stop: () => void]) => ReturnType<Answer>;

async function attempt(
  { ssh, folder, env, title }: ILogin,
  isAsking: boolean,
  signal: AbortSignal,
  answer: AnswerOrStop
): Promise<IAttempt> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  listen(signal, abort);
  let fault: Error | null = null;
  const askpass = await Askpass.open(folder, async (text, gone) => {
    const said = stop.signal.aborted
      ? null
      : await answer(text, gone, abort).catch((cause: unknown) => {
          fault = cause instanceof Error ? cause : new Error(String(cause));
          abort();
          return null;
        });
    if (stop.signal.aborted) {
      await whenAborted(gone); // without an answer ssh would try an empty one, and ask again
    }
    return said;
  });
  try {
    if (signal.aborted) {
      throw cancelled(title);
    }
    // Before 8.4 ssh asks a program only where there is a display, whatever it is.
    const all = { DISPLAY: ':', ...env, ...askpass.env };
    const master = new Master(masterArgv(ssh, isAsking), all, ssh.control);
    const isReady = await master.isReady(stop.signal);
    if (isReady && !stop.signal.aborted) {
      return { isReady, wasStopped: false, fault, master };
    }
    await master.end();
    if (wasAborted(signal)) {
      throw cancelled(title);
    }
    return { isReady: false, wasStopped: stop.signal.aborted, fault, master };
  } finally {
    signal.removeEventListener('abort', abort);
    askpass.close();
    await rm(join(folder, 'ask'), { force: true });
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    listen(signal, () => resolve());
    if (signal.aborted) {
      resolve();
    }
  });
}

/** Asked anew: it may have come meanwhile. */
function wasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function cancelled(title: string): HepbatchError {
  return new HepbatchError('cancelled', `${title}: the login was cancelled`, {
    next: 'Open it again.'
  });
}
