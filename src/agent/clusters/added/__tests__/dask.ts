import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { daskPython } from '../../../__tests__/jobs-python';

/** As a notebook starts one: a cluster of its own, with two workers in the same process. */
const PROGRAM = `
import sys
from distributed import LocalCluster
cluster = LocalCluster(n_workers=2, processes=False, threads_per_worker=1,
    protocol="tcp", host="127.0.0.1", dashboard_address=sys.argv[1])
print(f"{cluster.scheduler_address} {cluster.dashboard_link}", flush=True)
sys.stdin.read()
`;

/** A cluster that hepbatch did not start. */
export class ForeignDask {
  private constructor(
    private readonly _child: ChildProcess,
    readonly scheduler: string,
    readonly link: string
  ) {}

  static async start(dashboard = '127.0.0.1:0'): Promise<ForeignDask> {
    const child = spawn(daskPython(), ['-c', PROGRAM, dashboard], {
      stdio: ['pipe', 'pipe', 'ignore']
    });
    for await (const said of createInterface(child.stdout)) {
      const [scheduler = '', link = ''] = said.split(' ');
      return new ForeignDask(child, scheduler, link);
    }
    throw new Error('Dask did not start');
  }

  async end(): Promise<void> {
    if (this._child.exitCode === null && this._child.kill('SIGKILL')) {
      await once(this._child, 'exit');
    }
  }
}
