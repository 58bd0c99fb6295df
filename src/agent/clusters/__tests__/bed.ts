import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Call, ClientInfo, Cluster } from '../../../contract';
import { clusters } from '../../../contract';
import { bundleCli } from '../../../cli/__tests__/program';
import { callOf } from '../../__tests__/served';
import { asBedUser } from '../../__tests__/test-bed';
import { run } from '../../run';
import { daskPython } from '../../__tests__/jobs-python';

/** The batch systems of the test bed, each with what a cluster on it asks for. */
export const SLURM = {
  name: 'slurm',
  told: z.object({ variants: z.record(z.string(), z.object({ bin: z.string() })) })
};
export const HTCONDOR = { name: 'htcondor', told: z.object({ bin: z.string() }) };

const Ready = z.looseObject({ socket: z.string(), pid: z.int() });

/** Runs a program as the user of the bed, and gives what it says. */
export async function say(...argv: string[]): Promise<string> {
  const ran = await asBedUser(argv);
  if (ran.end !== 'exited' || ran.code !== 0) {
    throw new Error(`${argv.join(' ')}: ${ran.stderr}`);
  }
  return ran.stdout.trim();
}

/** An agent of the bed's user with a new home: jobs are submitted by whom schedulers know. */
export class BedAgent {
  private constructor(
    readonly home: string,
    readonly call: Call,
    readonly socket: string,
    private readonly _pid: number,
    private readonly _child: ChildProcess,
    private readonly _path: string
  ) {}

  /** `bin` is where the commands of the batch system lie; `old` a home that another agent had. */
  static async start(
    bin: string,
    old?: string,
    more: Readonly<Record<string, string>> = {}
  ): Promise<BedAgent> {
    const program = await bundleCli();
    await chmod(dirname(program), 0o755); // of root, for the user of the bed
    const home = old ?? (await say('mktemp', '-d', '/tmp/hepbatch-clusters-XXXXXX'));
    const path = `${bin}:/usr/bin:/bin`;
    const env = {
      HOME: home,
      TMPDIR: home,
      PATH: path,
      HEPBATCH_SUPERVISOR: resolve('hepbatch/supervisor'),
      HEPBATCH_LOCAL_JOBS: resolve('hepbatch/local_jobs.py'),
      HEPBATCH_PYTHON: daskPython(),
      ...more
    };
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const child = spawn(
      resolve('testbed/as-user'),
      ['env', '--', ...words, process.execPath, program, 'serve'],
      { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] }
    );
    for await (const line of createInterface(child.stdout)) {
      const { socket, pid } = Ready.parse(JSON.parse(line));
      return new BedAgent(home, callOf(socket), socket, pid, child, path);
    }
    throw new Error('the agent did not start');
  }

  /** Runs a command of the batch system. */
  say(...argv: string[]): Promise<string> {
    return say('env', `HOME=${this.home}`, `PATH=${this.path}`, ...argv);
  }

  get path(): string {
    return this._path;
  }

  /** Does one of the things of dask_client.py in a client with the certificate of the cluster. */
  async compute(id: string, what: string, ...given: readonly unknown[]): Promise<unknown> {
    const client = await this.call(clusters.client, { id });
    return compute(client, [resolve('testbed/as-user'), 'env', '--'], what, ...given);
  }

  /** Jobs in the queue with the stamp of a cluster. */
  async jobs({ id, backend }: Pick<Cluster, 'id' | 'backend'>): Promise<string[]> {
    const isSlurm = backend === 'dask-slurm';
    const rows = isSlurm
      ? (await this.say('squeue', '--noheader', '--format=%i %k'))
          .split('\n')
          .filter(row => row.endsWith(`hepbatch:${id}`))
      : (
          await this.say('condor_q', '-constraint', `HepbatchCluster == "${id}"`, '-af:j', 'Cmd')
        ).split('\n');
    return rows.filter(row => row !== '').map(row => row.split(' ')[0] ?? '');
  }

  /** What is left of a cluster: jobs, processes with its id, files that are no logs. */
  async left(cluster: Pick<Cluster, 'id' | 'backend' | 'folder'>): Promise<string[]> {
    const files = await readdir(cluster.folder ?? '').catch(() => []);
    return [
      ...(await this.jobs(cluster)),
      ...(await processesOf(cluster.id)),
      ...files.filter(name => name !== 'logs')
    ];
  }

  /** Kills the agent as it stands. */
  async kill(): Promise<void> {
    process.kill(this._pid, 'SIGKILL');
    if (this._child.exitCode === null && this._child.signalCode === null) {
      await once(this._child, 'exit');
    }
  }

  async end(): Promise<void> {
    if (this._child.exitCode === null && this._child.signalCode === null) {
      process.kill(this._pid, 'SIGTERM');
      await once(this._child, 'exit');
    }
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Does one of the things of dask_client.py in a client that is run by `as`. */
export async function compute(
  { address, tls }: ClientInfo,
  as: readonly string[],
  what: string,
  ...given: readonly unknown[]
): Promise<unknown> {
  const paths = tls && { ca: { path: tls.ca }, cert: { path: tls.cert }, key: { path: tls.key } };
  const orders = JSON.stringify({ address, tls: paths, do: what, with: given });
  const program = await readFile(resolve('hepbatch/tests/dask_client.py'), 'utf8');
  const ran = await run([...as, daskPython(), '-c', program, orders], {
    env: process.env,
    cwd: '/',
    signal: new AbortController().signal,
    timeoutMs: 120_000,
    maxOutputBytes: 1_000_000
  });
  if (ran.end !== 'exited' || ran.code !== 0) {
    throw new Error(`a client says: ${ran.stderr}`);
  }
  const said: unknown = JSON.parse(ran.stdout);
  return said;
}

/** The command lines of all processes that carry a word in theirs, or in their environment. */
export async function processesOf(word: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    try {
      const argv = await readFile(`/proc/${pid}/cmdline`, 'latin1');
      const env = await readFile(`/proc/${pid}/environ`, 'latin1');
      if (argv !== '' && (argv + env).includes(word)) {
        found.push(argv.replaceAll('\0', ' '));
      }
    } catch {
      continue; // it ended meanwhile
    }
  }
  return found;
}
