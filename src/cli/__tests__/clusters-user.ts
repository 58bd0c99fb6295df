import { chmod, readFile, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { daskPython } from '../../agent/__tests__/jobs-python';
import { asBedUser } from '../../agent/__tests__/test-bed';
import { Cluster } from '../../contract';
import { newHome, start } from './program';

/** A user who has nothing yet, with the command line; all that was started ends with `end`. */
export class ClustersUser {
  private constructor(
    readonly home: string,
    private readonly _argv: readonly string[],
    private readonly _env: Record<string, string>
  ) {}

  static async new(program: string): Promise<ClustersUser> {
    const { home, env } = await newHome();
    const all = {
      ...env,
      HEPBATCH_IDLE_MINUTES: '5',
      HEPBATCH_SUPERVISOR: resolve('hepbatch/supervisor')
    };
    return new ClustersUser(home, [process.execPath, program], all);
  }

  /** The same as the ordinary user of the test bed, who has the commands of its batch systems. */
  static async ofBed(program: string, more: Record<string, string> = {}): Promise<ClustersUser> {
    const made = await asBedUser(['mktemp', '-d', '/tmp/hbcl-XXXXXX']);
    const home = made.stdout.trim();
    await chmod(dirname(program), 0o755);
    const env = {
      ...more,
      HOME: home,
      TMPDIR: home,
      HEPBATCH_IDLE_MINUTES: '5',
      HEPBATCH_SUPERVISOR: resolve('hepbatch/supervisor')
    };
    const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const asUser = [resolve('testbed/as-user'), 'env', '-C', '/', ...pairs];
    return new ClustersUser(home, [...asUser, process.execPath, program], {});
  }

  /** Begins `hepbatch clusters ...`. */
  begin(...args: string[]) {
    return start([...this._argv, 'clusters', ...args], this._env);
  }

  /** Runs `hepbatch clusters ...` to its end. */
  run(...args: string[]) {
    return this.begin(...args).ended;
  }

  /** Starts a cluster on this machine with four hundred megabytes a worker, by that name. */
  start(name: string, ...args: string[]) {
    const size = ['--memory', '400MB', '--python', daskPython()];
    return this.run('start', 'dask-local', '--name', name, ...size, ...args);
  }

  /** What is known of the cluster of that name. */
  async show(name: string): Promise<Cluster> {
    const { code, out, err } = await this.run('show', name, '--json');
    if (code !== 0) {
      throw new Error(err);
    }
    return Cluster.omit({ losses: true })
      .extend({ losses: z.unknown() })
      .transform(shown => ({ ...shown, losses: { count: 0, newest: null } }))
      .parse(JSON.parse(out));
  }

  /** Waits for a state; fails with what it was last. */
  async until(name: string, isAsWanted: (cluster: Cluster) => boolean): Promise<Cluster> {
    const end = Date.now() + 90_000;
    for (;;) {
      const cluster = await this.show(name);
      if (isAsWanted(cluster)) {
        return cluster;
      }
      if (Date.now() > end) {
        throw new Error(`it is ${JSON.stringify(cluster, null, 1)}`);
      }
      await new Promise(done => setTimeout(done, 300));
    }
  }

  /** The agent that runs; some command has started it before. */
  async agent(): Promise<number> {
    const { out } = await start([...this._argv, 'serve'], this._env).ended;
    return z.object({ pid: z.int() }).parse(JSON.parse(out)).pid;
  }

  /** Ends a process as a crash would, and waits until it is gone. */
  async kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    while ((await this.processes()).some(one => one.pid === pid)) {
      await new Promise(done => setTimeout(done, 20));
    }
  }

  /** The process of a cluster's supervisor. */
  async supervisor({ folder }: Cluster): Promise<number> {
    const record: unknown = JSON.parse(await readFile(join(folder ?? '', 'record.json'), 'utf8'));
    return z.object({ process: z.object({ pid: z.int() }) }).parse(record).process.pid;
  }

  /** All processes of this user but the agent; a zombie is none. */
  async left(): Promise<string[]> {
    const found = await this.processes();
    return found.map(({ argv }) => argv).filter(argv => !argv.includes('hepbatch.cjs serve'));
  }

  /** Waits until nothing of its clusters runs. */
  async untilNothingIsLeft(): Promise<void> {
    const end = Date.now() + 20_000;
    for (let left = await this.left(); left.length > 0; left = await this.left()) {
      if (Date.now() > end) {
        throw new Error(`left: ${left.join('; ')}`);
      }
      await new Promise(done => setTimeout(done, 200));
    }
  }

  /** Ends everything of this user. */
  async end(): Promise<void> {
    for (const { pid } of await this.processes()) {
      process.kill(pid, 'SIGKILL');
    }
  }

  async processes(): Promise<{ pid: number; argv: string }[]> {
    const found: { pid: number; argv: string }[] = [];
    for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
      try {
        const env = await readFile(`/proc/${pid}/environ`, 'latin1');
        const argv = await readFile(`/proc/${pid}/cmdline`, 'latin1');
        if (env.split('\0').includes(`HOME=${this.home}`) && argv !== '') {
          found.push({ pid: Number(pid), argv: argv.replaceAll('\0', ' ') });
        }
      } catch {
        continue; // it ended meanwhile, or is somebody else's
      }
    }
    return found;
  }
}
