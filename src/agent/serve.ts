import { unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTRACT } from '../contract';
import type { AgentInfo } from '../contract';
import { createApp } from './app';
import { EventHub } from './events';
import type { IFeature, IFeatureWorld } from './feature';
import { IdleEnd } from './idle';
import { closeServer, listen } from './listen';
import type { ILock } from './lock';
import { Log } from './log';
import type { ILog } from './log';
import { openFolders, socketPath } from './paths';
import type { IEnvironment, IFolders } from './paths';
import { takeLock } from './take-lock';

/** What an agent is started with. */
export interface IServeOptions {
  readonly world: IEnvironment;
  /** Version of the package. */
  readonly version: string;
  readonly idleMinutes: number;
  readonly openFeatures: (world: IFeatureWorld) => Promise<readonly IFeature[]>;
}

/** A running agent. */
export interface IAgent {
  readonly log: ILog;
  /** Resolves when the agent ended, by `close` or because nobody needs it. */
  readonly ended: Promise<void>;
  /** Ends all streams and all work, and removes socket and lock. */
  close(): Promise<void>;
  /** Removes socket and lock at once, since the process is about to die. */
  abandon(): void;
}

/** The line that tells the starter where the agent listens. */
export interface IReady {
  readonly ready: true;
  readonly socket: string;
  readonly pid: number;
  readonly already?: true;
}

/** How long features may take to end their work, in milliseconds. */
const DISPOSE_MS = 2000;

/** How often the lock is shown to be in use, for what removes old files from /tmp. */
const TOUCH_MS = 6 * 3600 * 1000;

/**
 * Starts an agent in this process, or finds the one that runs. Throws `denied`, `unsupported`
 * (path of the socket), `corrupt` or `timed-out` (one that runs but does not answer).
 */
export async function startAgent(
  options: IServeOptions
): Promise<{ readonly ready: IReady; readonly agent: IAgent | null }> {
  const folders = await openFolders(options.world);
  const socket = socketPath(folders);
  const taken = await takeLock(join(folders.runtime, `agent-${CONTRACT}.lock`), socket);
  if (taken.lock === null) {
    return { ready: { ready: true, socket, pid: taken.holder, already: true }, agent: null };
  }
  try {
    const agent = await open(options, folders, socket, taken.lock);
    return { ready: { ready: true, socket, pid: process.pid }, agent };
  } catch (error) {
    taken.lock.release();
    throw error;
  }
}

/**
 * The whole life of an agent process: the ready line, the signals, the end. Resolves with the exit
 * status; rejects where the agent could not be started.
 */
export async function serve(options: IServeOptions, say: (ready: IReady) => void): Promise<number> {
  const { ready, agent } = await startAgent(options);
  if (agent === null) {
    say(ready);
    return 0;
  }
  process.on('uncaughtException', error => {
    agent.log.error('not caught', error);
    agent.abandon();
    process.exit(1);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      agent.log.info(`${signal}: ending`);
      void agent.close();
    });
  }
  process.chdir('/'); // or the folder it was started in could not be removed or unmounted
  say(ready);
  await agent.ended;
  return 0;
}

async function open(
  options: IServeOptions,
  folders: IFolders,
  socket: string,
  lock: ILock
): Promise<IAgent> {
  const log = new Log(folders.state);
  // From the clock, so that what a listener heard from an earlier agent is older than all of this.
  const events = new EventHub(Date.now());
  const { env, home } = options.world;
  const features = await options.openFeatures({ env, home, folders, events, log });
  const app = createApp({ info: describe(options.version, log.path), events, features, log });
  const idle = new IdleEnd({
    minutes: options.idleMinutes,
    isBusy: () => features.some(({ busy }) => busy),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    end: () => {
      log.info(`nobody listened for ${options.idleMinutes} minutes: ending`);
      void close();
    }
  });
  events.onClients = count => idle.setClients(count);
  const passages = features.flatMap(({ passage }) => passage ?? []);
  const server = await listen(app, socket, () => idle.touch(), passages);
  const touching = setInterval(() => lock.touch(), TOUCH_MS).unref();
  log.info(`listening on ${socket}, version ${options.version}`);

  const { promise: ended, resolve } = newPromise();
  const abandon = () => {
    if (lock.isHeld()) {
      removeSocket(socket); // with the lock lost it may be another agent's
    }
    lock.release();
  };
  const end = async () => {
    clearInterval(touching);
    idle.dispose();
    if (lock.isHeld()) {
      removeSocket(socket); // who comes from here on waits for the lock
    }
    const disposed = Promise.all(
      features.map(feature =>
        feature.dispose().catch((error: unknown) => log.error(feature.name, error))
      )
    );
    events.close();
    await Promise.all([closeServer(server), Promise.race([disposed, sleep(DISPOSE_MS)])]);
    lock.release();
    log.info('ended');
    resolve();
  };
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= end());
  return { log, ended, close, abandon };
}

function describe(version: string, log: string): AgentInfo {
  return {
    name: 'hepbatch',
    version,
    contract: CONTRACT,
    pid: process.pid,
    host: hostname(),
    node: process.version,
    startedAt: new Date().toISOString(),
    log
  };
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // removed by somebody else, which is what we want
  }
}

function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>(done => (resolve = done));
  return { promise, resolve };
}
