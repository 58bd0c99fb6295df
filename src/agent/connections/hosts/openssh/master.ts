import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, spawnGroup } from '../../../run';
import type { Environment } from '../../../run';
import { lastWords } from './failure';

/**
 * Ends the program when our end of its stdin is closed, so that no master outlives an agent that was
 * killed. ssh itself has no such option; a remote command for it would take a session away.
 */
const WHILE_WE_LIVE = `
umask 077
exec 3<&0
"$@" </dev/null 3<&- &
master=$!
{ read -r _ <&3; kill "$master"; } 2>/dev/null &
watch=$!
wait "$master"
status=$?
kill "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$status"`;

/** How often we look whether the login is done; ssh tells nobody. */
const LOOK_MS = 25;

/** How long it may say goodbye. */
const GRACE_MS = 500;

/** What is kept of its words. */
const STDERR_CHARS = 16 * 1024;

/** The master process of one connection: it holds the login that all sessions share. */
export class Master {
  constructor(
    argv: readonly string[],
    env: Environment,
    private readonly _control: string
  ) {
    this._child = spawnGroup(['sh', '-c', WHILE_WE_LIVE, 'sh', ...argv], { env, cwd: '/' });
    this._child.stdout.resume();
    this._child.stderr.setEncoding('utf8').on('data', (said: string) => {
      this._stderr = (this._stderr + said).slice(-STDERR_CHARS);
      this._heard += said.length;
    });
    this.ended = Promise.race([
      once(this._child, 'close').then(() => lastWords(this._stderr)),
      once(this._child, 'error').then(([error]) => String(error))
    ]).finally(() => (this._isOver = true));
  }

  /** Resolves with its last words when it is no more, whoever ended it. */
  readonly ended: Promise<string>;

  /** All that it said, cut. */
  get stderr(): string {
    return this._stderr;
  }

  /** How much it has said, to ask later for what came `since`. */
  get heard(): number {
    return this._heard;
  }

  /** What it said after it had said so much. */
  since(heard: number): string {
    return heard === this._heard ? '' : this._stderr.slice(heard - this._heard);
  }

  /** Waits for the login; false where ssh ended before. */
  async isReady(signal: AbortSignal): Promise<boolean> {
    while (!this._isOver && !signal.aborted) {
      // It is made under another name and linked into place once it listens.
      if (
        await access(this._control).then(
          () => true,
          () => false
        )
      ) {
        return true;
      }
      await Promise.race([this.ended, sleep(LOOK_MS)]);
    }
    return false;
  }

  /** Ends it, whatever state it is in. */
  async end(): Promise<void> {
    this._child.stdin.end();
    await Promise.race([this.ended, sleep(GRACE_MS)]);
    await endGroup(this._child.pid);
    await this.ended;
  }

  private readonly _child: ReturnType<typeof spawnGroup>;
  private _isOver = false;
  private _stderr = '';
  private _heard = 0;
}
