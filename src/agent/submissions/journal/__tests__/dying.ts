/** A program that sends a submission and dies on the way; the tests bundle and start it. */
import * as z from 'zod';
import type { HostRunResult, IHostRunOptions } from '../../../connections/hosts/host';
import { BedHost } from '../../__tests__/bed-host';
import { planOf, planned } from '../../__tests__/planned';
import { HTCondor } from '../../schedulers/htcondor/htcondor';
import { Submitter } from '../submitter';

const Task = z.object({
  bed: z.object({ bin: z.string(), user: z.string() }),
  schedd: z.string(),
  token: z.string(),
  /** Of the submit files, and of the journal. */
  folder: z.string(),
  journal: z.string(),
  names: z.array(z.string()),
  jobs: z.number(),
  /** Where it kills itself: around the command of this cluster, or nowhere. */
  dies: z.enum(['before', 'after', 'never']),
  at: z.string()
});

class DyingHost extends BedHost {
  constructor(private readonly _task: z.infer<typeof Task>) {
    super(_task.bed);
  }

  override async run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    const isIt = argv[0] === 'condor_submit' && argv.at(-1) === `${this._task.at}.sub`;
    if (isIt && this._task.dies === 'before') {
      process.kill(process.pid, 'SIGKILL');
    }
    const result = await super.run(argv, options);
    if (isIt && this._task.dies === 'after') {
      process.kill(process.pid, 'SIGKILL');
    }
    return result;
  }
}

async function main(): Promise<void> {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  const { token, folder, journal, names, jobs, schedd } = task;
  const host = new DyingHost(task);
  const world = { host, scheduler: new HTCondor(host), now: Date.now, graceMs: 0 };
  const clusters = names.map(name =>
    planned(folder, name, ['condor_submit', '-terse', `${name}.sub`], jobs)
  );
  const submitter = await Submitter.begin(world, journal, planOf(token, folder, clusters), schedd);
  process.stdout.write('begun\n');
  await submitter.send(clusters, new AbortController().signal);
}

void main();
