/** A JupyterLab of one test, which may be killed: with folders and a port of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A JupyterLab that is started and killed as often as a test wants. */
export class OwnLab {
  readonly home = mkdtempSync(join(tmpdir(), 'hbown-'));

  constructor(private readonly _port: number) {}

  get url(): string {
    return `http://127.0.0.1:${this._port}`;
  }

  /** What programs of this Lab's user are started with. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOME: this.home,
      XDG_RUNTIME_DIR: join(this.home, 'runtime'),
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache')
    };
  }

  /** Starts the server, and waits until it answers. */
  async start(): Promise<void> {
    const argv = ['start-lab.sh', this.home, String(this._port)];
    this._server = spawn('bash', argv, { env: this.env, stdio: 'ignore' });
    while (
      !(await fetch(`${this.url}/api`).then(
        answer => answer.ok,
        () => false
      ))
    ) {
      if (this._server.exitCode !== null) {
        throw new Error(`JupyterLab at port ${this._port} ended with ${this._server.exitCode}`);
      }
      await sleep(200);
    }
  }

  /** Ends the server as a crash does: it has no time for a word to anybody. */
  async kill(): Promise<void> {
    if (this._server !== undefined && this._server.exitCode === null) {
      this._server.kill('SIGKILL');
      await once(this._server, 'exit');
    }
  }

  /** All processes of this user but the agent and the server, as their command lines. */
  left(): string[] {
    return this._processes()
      .map(({ argv }) => argv)
      .filter(argv => !/ serve$|jupyter-lab/.test(argv));
  }

  /** Ends all of this user, and removes its folders. */
  async end(): Promise<void> {
    await this.kill();
    for (const { pid } of this._processes()) {
      process.kill(pid, 'SIGKILL');
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private _processes(): { pid: number; argv: string }[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => {
        try {
          const env = readFileSync(`/proc/${name}/environ`, 'latin1');
          const argv = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
          const isOurs = argv !== '' && env.includes(`HOME=${this.home}\0`);
          return isOurs ? [{ pid: Number(name), argv }] : [];
        } catch {
          return []; // it ended meanwhile, or is somebody else's
        }
      });
  }

  private _server: ChildProcess | undefined;
}
