import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { endGroup, spawnGroup } from '../../run';
import type { Environment } from '../../run';
import type { HostRunResult, IHostProcess } from './host';

/** How long its pipes may outlive a program. */
const GRACE_MS = 1000;

/** A program of this machine that runs while its streams are used. */
export class LocalProcess implements IHostProcess {
  constructor(
    argv: readonly string[],
    options: { readonly env: Environment; readonly cwd: string }
  ) {
    this._child = spawnGroup(argv, options);
    const { stdin, stdout, stderr, pid } = this._child;
    this.stdin = stdin;
    // Read from the first moment: Node throws away what nobody reads when a process ends.
    stdout.pipe(this.stdout);
    stderr.pipe(this.stderr);
    this.ended = new Promise(resolve => {
      const none = { stdout: '', stderr: '' };
      this._child.once('error', ({ message }) => {
        resolve({ end: 'not-started', message, ...none });
      });
      this._child.once('exit', (code, signal) => {
        const late = new Promise(tired => setTimeout(tired, GRACE_MS).unref());
        void Promise.race([once(this._child, 'close'), late])
          .then(() => endGroup(pid)) // what it left behind
          .then(() =>
            resolve(
              code === null
                ? { end: 'signal', signal: signal ?? 'unknown', ...none }
                : { end: 'exited', code, ...none }
            )
          );
      });
    });
  }

  readonly stdin: NodeJS.WritableStream;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ended: Promise<HostRunResult>;

  kill(): Promise<void> {
    return endGroup(this._child.pid);
  }

  private readonly _child: ReturnType<typeof spawnGroup>;
}
