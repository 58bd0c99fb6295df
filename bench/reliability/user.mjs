/** A user with an empty home who has the command line of hepbatch, and whose processes can be counted. */
import { randomBytes } from 'node:crypto';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Where a Jupyter server says its address. */
const TOLD = /^jpserver-\d+\.json$/;

export const sleep = ms => new Promise(done => setTimeout(done, ms));

/** The command line, bundled from its sources; resolves with its path. */
export async function bundleCli() {
  const outfile = join(mkdtempSync(join(tmpdir(), 'reliability-')), 'hepbatch.cjs');
  await build({
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.node': 'empty' },
    external: ['cpu-features', './crypto/build/Release/sshcrypto.node'],
    define: { HEPBATCH_VERSION: '"1.2.3"' }
  });
  return outfile;
}

/** Calls `hepbatch clusters`, and says what is left. */
export class User {
  constructor(program, python) {
    this.home = mkdtempSync(join(tmpdir(), 'home-'));
    this._program = program;
    this._python = python;
  }

  /** What the programs of this user are started with. */
  get env() {
    const { PATH, CONDOR_CONFIG = '', SLURM_CONF = '' } = process.env;
    const { home } = this;
    return {
      ...{ PATH, CONDOR_CONFIG, SLURM_CONF, HOME: home, TMPDIR: home, HEPBATCH_IDLE_MINUTES: '5' },
      HEPBATCH_SUPERVISOR: resolve('hepbatch/supervisor'),
      HEPBATCH_PYTHON: this._python
    };
  }

  /** Runs the command line to its end: `{code, out, err}`. */
  run(...args) {
    const { env } = this;
    return new Promise(done => {
      const argv = [this._program, ...args];
      execFile(process.execPath, argv, { env, timeout: 240_000 }, (error, out, err) =>
        done({ code: error === null ? 0 : (error.code ?? -1), out, err })
      );
    });
  }

  clusters(...args) {
    return this.run('clusters', ...args);
  }

  /** The cluster as it is shown now. Throws what the command line says. */
  async show() {
    const { code, out, err } = await this.clusters('show', 'mine', '--json');
    if (code !== 0) {
      throw new Error(err.trim());
    }
    return JSON.parse(out);
  }

  /** Waits for one of some states; throws with what it was last. */
  async until(...states) {
    const end = Date.now() + 180_000;
    for (;;) {
      const cluster = await this.show();
      if (states.includes(cluster.state)) {
        return cluster;
      }
      if (Date.now() > end) {
        throw new Error(`still ${cluster.state}, not ${states.join(' or ')}`);
      }
      await sleep(200);
    }
  }

  /** Starts a Jupyter server with `python`, has it start the agent, and gives its process. */
  async jupyter(python) {
    const token = randomBytes(20).toString('hex');
    const config = { jpserver_extensions: { hepbatch: true }, port: 0, allow_root: true };
    const file = join(this.home, 'jupyter.json');
    writeFileSync(file, JSON.stringify({ ServerApp: { ...config, open_browser: false } }));
    const server = spawn(python, ['-m', 'jupyter_server', `--config=${file}`], {
      env: { ...this.env, JUPYTER_TOKEN: token, PYTHONPATH: resolve('.') },
      cwd: this.home,
      stdio: 'ignore'
    });
    const folder = join(this.home, '.local/share/jupyter/runtime');
    for (;;) {
      const told = existsSync(folder)
        ? readdirSync(folder).find(name => TOLD.test(name))
        : undefined;
      const words = told === undefined ? '' : readFileSync(join(folder, told), 'utf8');
      // It is made empty and filled then.
      if (words.trimEnd().endsWith('}')) {
        const { url } = JSON.parse(words);
        const headers = { Authorization: `token ${token}` };
        // It says its address before it listens there.
        const answer = await fetch(`${url}hepbatch/api/agent`, { headers }).catch(() => null);
        if (answer?.ok) {
          return server;
        }
        if (answer !== null) {
          throw new Error(`Jupyter answers ${answer.status}: ${await answer.text()}`);
        }
      }
      if (server.exitCode !== null) {
        throw new Error(`Jupyter ended with ${server.exitCode}`);
      }
      await sleep(100);
    }
  }

  /** The process of the agent that runs. */
  async agent() {
    return JSON.parse((await this.run('serve')).out).pid;
  }

  /** The process of the supervisor; null where it has left no record. */
  supervisor({ folder }) {
    const record = join(folder, 'record.json');
    return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).process.pid : null;
  }

  /** All that is there of a cluster but its logs: processes, jobs in the queue, files. */
  left({ id, folder, backend }) {
    const files = existsSync(folder) ? readdirSync(folder).filter(name => name !== 'logs') : [];
    return [...this._processes(), ...files, ...jobsOf(id, backend)];
  }

  /** Waits until nothing is left; throws with what is. */
  async untilNothing(cluster) {
    const end = Date.now() + 60_000;
    for (let left = this.left(cluster); left.length > 0; left = this.left(cluster)) {
      if (Date.now() > end) {
        throw new Error(`left: ${left.join('; ')}`);
      }
      await sleep(300);
    }
  }

  /** Ends all of this user, the agent too. */
  end() {
    this._processes(true).forEach(pid => kill(Number(pid)));
    rmSync(this.home, { recursive: true, force: true });
  }

  _processes(withAgent = false) {
    return readdirSync('/proc').filter(pid => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, 'latin1');
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        const isOurs = /^\d+$/.test(pid) && argv !== '' && env.includes(`HOME=${this.home}\0`);
        return isOurs && (withAgent || !/\.cjs\0serve\0$/.test(argv));
      } catch {
        return false; // it ended meanwhile, or is somebody else's
      }
    });
  }
}

/** Ends a process as a crash does; one that is gone already is no matter. */
export function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function jobsOf(id, backend) {
  const ask = {
    'dask-htcondor': ['condor_q', '-constraint', `HepbatchCluster == "${id}"`, '-af:j', 'Cmd'],
    'dask-slurm': ['squeue', '--noheader', '--format=%i %k']
  }[backend];
  if (ask === undefined) {
    return [];
  }
  const said = execFileSync(ask[0], ask.slice(1), { encoding: 'utf8' }).split('\n');
  return said.filter(row => (backend === 'dask-slurm' ? row.endsWith(id) : row !== ''));
}
