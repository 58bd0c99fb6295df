/** Watching and acting on a real HTCondor. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../../../__tests__/test-bed';
import { BedHost, HTCONDOR, bedFolder, removeBedFolders, until } from '../../__tests__/bed-host';
import { planned } from '../../__tests__/planned';
import type { IPlan } from '../../plan';
import { HTCondor } from '../../schedulers/htcondor/htcondor';
import type { IClusterId } from '../../schedulers/scheduler';
import { knownOf, watchOn } from './watched';
import type { ITestWatch } from './watched';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;

/** Fails as an analysis without its libraries does, each job in a file of another name. */
const NO_COFFEA = [
  '#!/usr/bin/env python3',
  'import sys',
  'print(f"reading /data/nano_{sys.argv[1]}.root", file=sys.stderr)',
  'import coffea_of_nobody'
].join('\n');

/** Held with its status, as the submit files of Prepare hold what failed. */
const HELD_IF_FAILED = [
  'on_exit_hold = ExitCode != 0',
  'on_exit_hold_reason = strcat("exit status ", ExitCode)',
  'on_exit_hold_subcode = ExitCode'
];

interface ISubmitted {
  readonly jobs?: number;
  readonly more?: Partial<IPlan>;
  readonly args?: readonly string[];
}

describeWith(HTCONDOR, 'watching jobs of HTCondor', ({ bin, user, schedd }) => {
  const host = new BedHost({ bin, user });
  const condor = new HTCondor(host);
  const made: IClusterId[] = [];
  const watches: ITestWatch[] = [];
  let folder: string;

  beforeAll(() => {
    folder = bedFolder();
  });

  afterEach(() => watches.splice(0).forEach(({ remove }) => remove()));

  afterAll(async () => {
    for (const cluster of made) {
      await condor.remove({ cluster, procs: null }, signal); // the bed is shared: ours only
    }
    removeBedFolders();
  });

  /** Submits jobs of `lines`, and watches them. */
  const submit = async (
    lines: readonly string[],
    { jobs = 1, more, args = [] }: ISubmitted = {}
  ) => {
    const name = `AN-${randomUUID().slice(0, 8)}`;
    const text = [
      ...lines,
      ...['request_memory = 20M', 'request_disk = 10M', 'should_transfer_files = YES'],
      ...['transfer_output_files = ""', 'when_to_transfer_output = ON_EXIT'],
      `output = ${name}.$(ClusterId).$(ProcId).out`,
      `error = ${name}.$(ClusterId).$(ProcId).err`,
      `log = ${name}.$(ClusterId).log`,
      `queue ${jobs}`
    ];
    await host.write(`${folder}/${name}.sub`, text.join('\n') + '\n');
    const argv = ['condor_submit', ...args, '-terse', `${name}.sub`];
    const one = planned(folder, name, argv, jobs);
    const outcome = await condor.submit(one, { jobsFolder: folder, schedd }, signal);
    if (outcome.end !== 'submitted') {
      throw new Error(JSON.stringify(outcome));
    }
    made.push(outcome.cluster);
    const known = knownOf(folder, [[one, outcome.cluster]], more);
    const watched = watchOn(host, condor);
    watches.push(watched);
    const look =
      (queue: 'never' | 'now' = 'never') =>
      async () => {
        await watched.watch.look(known, signal, { queue });
        return watched.watch.summary(known);
      };
    return { name, known, ...watched, look };
  };

  it('tells by logs alone how jobs end, without a question to the schedd', async () => {
    const { look, watch, known } = await submit(
      ['executable = /bin/sh', `arguments = "-c 'sleep 1; exit 0'"`],
      { jobs: 3 }
    );
    expect(watch.summary(known).counts).toEqual({ pending: 3 });
    const asked = host.asked.length;
    const told = await until(look(), ({ isDone }) => isDone);
    expect(told).toMatchObject({ counts: { succeeded: 3 }, jobs: 3, blind: null, groups: [] });
    expect(host.asked.slice(asked).map(([program]) => program)).not.toContain('condor_q');
    const { jobs } = watch.jobsAfter(0, 10);
    expect(jobs).toHaveLength(3);
    expect(jobs[0]).toMatchObject({ starts: 1, exitCode: 0, native: 'Completed' });
    expect(jobs[0]?.wallSeconds).toBeGreaterThanOrEqual(1);
    expect(Math.abs((jobs[0]?.since ?? 0) - Date.now() / 1000)).toBeLessThan(120);
  });

  it('groups jobs by the exception that ended them, and says when the first 20 are alike', async () => {
    await host.write(`${folder}/fails.py`, NO_COFFEA, { mode: 0o755 });
    const lines = ['executable = fails.py', 'arguments = $(ProcId)', ...HELD_IF_FAILED];
    const { look, watch, name } = await submit(lines, { jobs: 20 });
    const told = await until(look(), ({ groups }) => groups[0]?.jobs === 20);
    const words = "ModuleNotFoundError: No module named 'coffea_of_nobody'";
    const advice = 'Look at the log of one of them; mend it, then retry.';
    expect(told.groups).toEqual([
      { state: 'held', words, advice, jobs: 20, cluster: name, proc: 0 }
    ]);
    expect(told.datasets).toEqual([
      { dataset: 'GJet', jobs: 20, files: 20, counts: { held: 20 }, alike: words }
    ]);
    expect(told.isDone).toBe(false); // held jobs wait for a person
    expect(watch.jobsAfter(0, 1).jobs[0]).toMatchObject({
      ...{ state: 'held', exitCode: 1, code: 3, subcode: 1 },
      reason: `${words} (exit status 1)`
    });
  });
});
