/**
 * What is measured: a cluster of dask-labextension that computes, in a Jupyter server that has
 * hepbatch, too; and the three roads to its dashboard.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
/** One worker in a process of its own, and a scheduler that is not in Jupyter's process. */
const FACTORY = {
  DASK_LABEXTENSION__FACTORY__MODULE: 'distributed.deploy.subprocess',
  DASK_LABEXTENSION__FACTORY__CLASS: 'SubprocessCluster',
  DASK_LABEXTENSION__FACTORY__KWARGS: JSON.stringify({
    host: '127.0.0.1',
    dashboard_address: '127.0.0.1:0',
    n_workers: 1,
    threads_per_worker: 2,
    worker_kwargs: { memory_limit: '1GiB' }
  }),
  DASK_DISTRIBUTED__DASHBOARD__LINK: 'http://127.0.0.1:{port}/status'
};

/** A Python with dask-labextension of PyPI, made in `folder` once. */
export function labextension(folder) {
  const python = join(folder, 'venv/bin/python');
  if (!existsSync(python)) {
    console.error(`installing dask-labextension below ${folder}`);
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', ['-m', 'venv', join(folder, 'venv')]);
    execFileSync(
      python,
      ['-m', 'pip', 'install', '--quiet', 'dask-labextension', 'distributed', 'bokeh'],
      {
        stdio: ['ignore', 2, 2]
      }
    );
  }
  const version = name =>
    execFileSync(python, ['-c', `import importlib.metadata as m; print(m.version("${name}"))`], {
      encoding: 'utf8'
    }).trim();
  return {
    python,
    words: `dask-labextension ${version('dask-labextension')}, Dask ${version('dask')}`
  };
}

/** Jupyter with both extensions, and one cluster that computes; `end` leaves nothing. */
export class Stage {
  /** Starts it all with `python`. */
  static async open(python) {
    const stage = new Stage(python);
    try {
      await stage._open();
    } catch (error) {
      await stage.end();
      throw error;
    }
    return stage;
  }

  constructor(python) {
    this._python = python;
    this._home = mkdtempSync(join(tmpdir(), 'bench-dash-'));
    this.token = randomBytes(20).toString('hex');
  }

  /** Asks the Jupyter server, as its user; throws what it answers but 2xx. */
  async ask(path, method = 'GET', body = undefined) {
    const answer = await fetch(this.jupyter + path, {
      method,
      headers: { Authorization: `token ${this.token}` },
      ...(body && { body: JSON.stringify(body) })
    });
    const said = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${said.slice(0, 300)}`);
    }
    return said === '' ? null : JSON.parse(said);
  }

  /** The roads: each resolves with the address that a page of the dashboard is below. */
  get roads() {
    return {
      direct: async () => `${this._dashboard}/`,
      hepbatch: async () => {
        const { path } = await this.ask('hepbatch/api/dashboards/open', 'POST', { id: this._id });
        return new URL(path, this.jupyter).href;
      },
      labextension: async () => `${this.jupyter}dask/dashboard/${this._cluster}/`
    };
  }

  /** Ends what was started. */
  async end() {
    this._work?.stdin.end();
    if (this._cluster !== undefined) {
      await this.ask(`dask/clusters/${this._cluster}`, 'DELETE').catch(error =>
        console.error(error.message)
      );
    }
    for (const pid of this._processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended meanwhile
      }
    }
    rmSync(this._home, { recursive: true, force: true, maxRetries: 5 });
  }

  async _open() {
    const { PATH } = process.env;
    const env = { PATH, HOME: this._home, TMPDIR: this._home, PYTHONPATH: ROOT, ...FACTORY };
    const config = join(this._home, 'jupyter.json');
    const jpserver_extensions = { hepbatch: true, dask_labextension: true };
    const server = { jpserver_extensions, port: 0, open_browser: false, allow_root: true };
    writeFileSync(config, JSON.stringify({ ServerApp: server }));
    const log = ['ignore', 'ignore', 'ignore'];
    const argv = ['-m', 'jupyter_server', `--config=${config}`];
    spawn(this._python, argv, {
      env: { ...env, JUPYTER_TOKEN: this.token },
      cwd: this._home,
      stdio: log
    });
    this.jupyter = await this._address();
    const { id, dashboard_link, scheduler_address } = await this.ask(
      `dask/clusters/${randomUUID()}`,
      'PUT'
    );
    this._cluster = id;
    this._dashboard = new URL(dashboard_link).origin;
    this._work = spawn(this._python, [join(import.meta.dirname, 'work.py'), scheduler_address], {
      env,
      stdio: ['pipe', 'pipe', 'inherit']
    });
    await once(this._work.stdout, 'data');
    const address = new URL(this._dashboard).host;
    const named = { connection: 'dask-local', address };
    this._id = (await this.ask('hepbatch/api/dashboards/add', 'POST', named)).id;
  }

  /** Where the server listens, once it answers. */
  async _address() {
    const folder = join(this._home, '.local/share/jupyter/runtime');
    for (;;) {
      const told = existsSync(folder)
        ? readdirSync(folder).find(name => /^jpserver-\d+\.json$/.test(name))
        : undefined;
      const words = told === undefined ? '' : readFileSync(join(folder, told), 'utf8');
      // It is made empty and filled then.
      if (words.trimEnd().endsWith('}')) {
        const { url } = JSON.parse(words);
        const headers = { Authorization: `token ${this.token}` };
        if (
          await fetch(`${url}api/status`, { headers }).then(
            ({ ok }) => ok,
            () => false
          )
        ) {
          return url;
        }
      }
      if (this._processes().length === 0) {
        throw new Error('Jupyter has ended');
      }
      await sleep(100);
    }
  }

  /** All that have the home of this stage. */
  _processes() {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(pid => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HOME=${this._home}\0`);
        } catch {
          return false; // it ended meanwhile, or is somebody else's
        }
      })
      .map(Number);
  }
}
