import { performance } from 'node:perf_hooks';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { HepbatchError } from '../../../../contract';
import { endGroup, spawnGroup } from '../../../run';
import type { Environment } from '../../../run';
import { connectionLost } from '../channel';
import type { IChannel } from '../channel';
import { MARK } from '../remote-command';
import { sessionArgv } from './arguments';
import type { IOpenssh } from './arguments';
import { lastWords } from './failure';

/** What ssh says where the host takes no more sessions; nothing was begun then. */
const FULL = /Session open refused by peer/;

/** What it says where the master is no more; nothing was begun then. */
const GONE = /^Control socket (connect\(|".*" does not exist)/m;

/** What is kept of what came before the command was begun. */
const NOISE_CHARS = 4000;

/** How often a session is asked for that is refused though we have no other. */
const LONELY_TRIES = 5;

/** How long the master may take to notice what its sessions did. */
const PATIENCE_MS = 300;

/** Opens sessions through a master, each by a process of ssh. */
export class SessionOpener {
  constructor(
    private readonly _ssh: IOpenssh,
    private readonly _env: Environment,
    private readonly _title: string,
    private readonly _masterEnded: Promise<string>
  ) {}

  /**
   * Opens a session that runs a line of the login shell, and waits until that has begun. Where the
   * host takes fewer sessions than we ask for, it waits for one of ours to end.
   */
  readonly open = async (line: string): Promise<IChannel> => {
    for (let lonely = 0; lonely < LONELY_TRIES;) {
      const began = performance.now();
      const session = new Session(sessionArgv(this._ssh, line), this._env, this._masterEnded);
      this._open.add(session);
      void session.closed.then(() => this._open.delete(session));
      const noise = await session.begun;
      if (noise === null) {
        this._fastestMs = Math.min(this._fastestMs, performance.now() - began);
        return session;
      }
      if (GONE.test(noise)) {
        throw connectionLost(this._title, lastWords(noise));
      }
      if (!FULL.test(noise)) {
        return session;
      }
      await session.closed;
      if (this._open.size === 0) {
        lonely++; // the host may not have noticed yet that one of ours has ended
        await sleep(PATIENCE_MS);
      } else {
        await Promise.race([...this._open].map(({ closed }) => closed));
      }
    }
    throw new HepbatchError('unreachable', `${this._title} takes no more sessions`, {
      next: 'Ask the site how many sessions it allows (MaxSessions), and try again.'
    });
  };

  /** What the fastest command took until it began. */
  get fastestMs(): number {
    return this._fastestMs;
  }

  private _fastestMs = 1000;
  private readonly _open = new Set<IChannel>();
}

/** One session: a process of ssh whose streams are those of the command. */
class Session implements IChannel {
  constructor(
    argv: readonly string[],
    env: Environment,
    /** Resolves when the master is no more, with its last words. */
    masterEnded: Promise<string>
  ) {
    this._child = spawnGroup(argv, { env, cwd: '/' });
    this.stdin = this._child.stdin;
    // Read from the first moment: Node throws away what nobody reads when a process ends.
    this._child.stdout.pipe(this.stdout);
    let noise = '';
    let hasBegun = false;
    let tellBegun: (noise: string | null) => void = () => undefined;
    this.begun = new Promise(resolve => (tellBegun = resolve));
    const hear = (chunk: Buffer) => {
      const said = noise + chunk.toString('latin1');
      if (said.includes(MARK)) {
        this._child.stderr.off('data', hear);
        hasBegun = true;
        tellBegun(null);
      }
      noise = said.slice(-NOISE_CHARS);
    };
    this._child.stderr.on('data', hear).pipe(this.stderr);
    const ended = new Promise<string>(resolve => {
      this._child.once('error', error => resolve(`ssh: ${error.message}`));
      this._child.once('close', status =>
        resolve(status === 0 ? '' : `ssh ended with ${status ?? 'a signal'}`)
      );
    });
    this.closed = ended.then(async fault => {
      await endGroup(this._child.pid); // it is no more; forgets it
      this.stdout.end();
      this.stderr.end();
      tellBegun(noise);
      if (fault === '') {
        return 'the session ended';
      }
      // What came of the line tells more, where it broke; the master says so a moment later.
      const why = await Promise.race([masterEnded, sleep(PATIENCE_MS).then(() => '')]);
      return why || (hasBegun ? fault : lastWords(noise) || fault);
    });
  }

  readonly stdin: NodeJS.WritableStream;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly closed: Promise<string>;
  /** Resolves with null when the command has begun, or with what ssh said instead. */
  readonly begun: Promise<string | null>;

  close(): void {
    void endGroup(this._child.pid);
  }

  private readonly _child: ReturnType<typeof spawnGroup>;
}
