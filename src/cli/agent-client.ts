import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { AgentEvent, AgentInfo, EVENTS_PATH, Failure, HepbatchError, agent } from '../contract';
import type { Call } from '../contract';
import { errnoOf } from '../agent/errno';
import { findFolders, socketPath } from '../agent/paths';
import { startAgent } from './start-agent';
import type { ITerminal } from './terminal';

/** How long an agent may take to say who it is. */
const HANDSHAKE_MS = 5000;

/** The agent of this user, as the command line asks it. */
export interface IAgentClient {
  readonly call: Call;
  /**
   * Hands over all events from now on; resolves when that has begun. `end` is called when no more
   * come, unless `stop` was.
   */
  listen(take: (event: AgentEvent) => void, end: () => void): Promise<{ stop(): void }>;
  /** Begins a POST whose body and answer are streams. */
  post(path: string): { readonly sent: ClientRequest; readonly answer: Promise<IncomingMessage> };
}

/** The client of the agent that runs, or that it starts. Throws as `startAgent`, and `unsupported`. */
export async function openAgent({ env }: Pick<ITerminal, 'env'>): Promise<IAgentClient> {
  const found = await findAgent({ env });
  return clientOf(found === null ? await startAgent(env) : found.socket);
}

/** The agent that runs; null where none does. Throws `unsupported` where it is none of ours, `timed-out`. */
export async function findAgent({
  env
}: Pick<ITerminal, 'env'>): Promise<{ socket: string; info: AgentInfo } | null> {
  const uid = process.getuid?.() ?? null;
  const socket = socketPath(await findFolders({ env, uid, tmpdir: tmpdir(), home: homedir() }));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow(socket)), HANDSHAKE_MS);
  });
  try {
    const info = await Promise.race([clientOf(socket).call(agent.info, undefined), late]);
    return { socket, info };
  } catch (error) {
    if (error instanceof HepbatchError && error.code === 'unreachable') {
      return null;
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A line of its own for a request: one that was kept may lead to an agent that is gone. Not where the answer
 * begins before the request ended: the agent closes such a line when it has answered, which cuts off both.
 */
const FRESH = false;

function clientOf(socketPath: string): IAgentClient {
  const call: Call = async ({ method, path, reply }, body) => {
    const asked = request({ socketPath, method, path, agent: FRESH });
    const answer = answerOf(asked, method, path);
    asked.end(method === 'GET' ? '' : JSON.stringify(body));
    const came = await answer;
    const whole = await text(came).catch((cause: unknown) => {
      throw brokenOff(method, path, cause);
    });
    const said = parse(path, whole);
    if (came.statusCode !== 200) {
      throw failureOf(path, said);
    }
    const checked = reply.safeParse(said);
    if (!checked.success) {
      throw notOurs(path, checked.error.message);
    }
    return checked.data;
  };
  const post: IAgentClient['post'] = path => {
    const sent = request({ socketPath, method: 'POST', path });
    const answer = answerOf(sent, 'POST', path).then(async came => {
      if (came.statusCode !== 200) {
        throw failureOf(path, parse(path, await text(came)));
      }
      return came;
    });
    return { sent, answer };
  };
  return { call, post, listen: (take, end) => listen(socketPath, take, end) };
}

async function listen(
  socketPath: string,
  take: (event: AgentEvent) => void,
  end: () => void
): Promise<{ stop(): void }> {
  const asked = request({ socketPath, path: EVENTS_PATH });
  const came = answerOf(asked, 'GET', EVENTS_PATH);
  asked.end();
  const answer = await came;
  let rest = '';
  let isStopped = false;
  const whenOver = () => {
    if (!isStopped) {
      isStopped = true;
      end();
    }
  };
  answer.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter(line => line.startsWith('data: '))) {
      const event = AgentEvent.safeParse(parse(EVENTS_PATH, line.slice('data: '.length)));
      if (event.success && !isStopped) {
        take(event.data);
      }
    }
  });
  answer.on('error', whenOver).on('close', whenOver);
  const stop = () => {
    isStopped = true;
    asked.destroy();
  };
  return { stop };
}

function answerOf(asked: ClientRequest, method: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.on('error', (cause: unknown) => {
      const isAbsent = ['ENOENT', 'ECONNREFUSED'].includes(errnoOf(cause) ?? '');
      reject(isAbsent ? nobodyThere(cause) : brokenOff(method, path, cause));
    });
  });
}

function tooSlow(socket: string): HepbatchError {
  const message = `the agent on ${socket} did not say who it is within ${HANDSHAKE_MS / 1000} s`;
  return new HepbatchError('timed-out', message, {
    next: 'Try again; if it stays so, end its process, which is in its log.'
  });
}

function nobodyThere(cause: unknown): HepbatchError {
  const next = '`hepbatch serve` shows what keeps it from starting.';
  return new HepbatchError('unreachable', 'no agent answers', { next }, { cause });
}

function brokenOff(method: string, path: string, cause: unknown): HepbatchError {
  const message = `the agent broke off while it answered ${method} ${path}`;
  return method === 'GET'
    ? new HepbatchError('unreachable', message, { next: 'Try again.' }, { cause })
    : new HepbatchError(
        'unknown-outcome',
        message,
        { next: 'It may be done: look before you repeat it.' },
        { cause }
      );
}

function parse(path: string, said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    throw notOurs(path, said.slice(0, 80));
  }
}

function failureOf(path: string, said: unknown): HepbatchError {
  const failure = Failure.safeParse(said);
  return failure.success
    ? new HepbatchError(failure.data.code, failure.data.message, failure.data.data)
    : notOurs(path, JSON.stringify(said).slice(0, 80));
}

function notOurs(path: string, why: string): HepbatchError {
  return new HepbatchError('unsupported', `the agent answered ${path} with ${why}`, {
    next: 'Another version of it may run: end its process, then try again.'
  });
}
