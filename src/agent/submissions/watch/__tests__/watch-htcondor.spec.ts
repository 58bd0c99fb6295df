/** Watching and acting on a real HTCondor. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { HepbatchError } from '../../../../contract';
import { describeWith } from '../../../__tests__/test-bed';
import { BedHost, HTCONDOR, bedFolder, removeBedFolders, until } from '../../__tests__/bed-host';
import { planned } from '../../__tests__/planned';
import { act } from '../../act/act';
import { fetchOutput } from '../../act/fetch';
import { filesToRunAgain, retryHeld } from '../../act/retry';
import type { IPlan } from '../../plan';
import { HTCondor } from '../../schedulers/htcondor/htcondor';
import type { IClusterId } from '../../schedulers/scheduler';
import { knownOf, watchOn } from './watched';
import type { ITestWatch } from './watched';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const ALL = { kind: 'all' } as const;
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

  it('a job that took too much memory is held, says so, and goes on with more', async () => {
    const hog = "import time; x = b'x' * (400 << 20); time.sleep(8)";
    await host.write(`${folder}/hog.py`, `#!/usr/bin/env python3\n${hog}\n`, { mode: 0o755 });
    const { look, watch, known } = await submit(['executable = hog.py']);
    const told = await until(look(), ({ counts }) => counts.held === 1);
    expect(told.groups).toMatchObject([
      { words: 'it used more memory than it asked for', advice: 'Retry them with more memory.' }
    ]);
    expect(watch.jobsAfter(0, 1).jobs[0]).toMatchObject({ code: 21, subcode: 102 });
    const held = watch.rowsOf({ kind: 'states', states: ['held', 'failed'], dataset: null });
    const change = { memoryMb: 900, excludeNodes: ['slot1@elsewhere.cern.ch'] };
    const outcomes = await retryHeld(known, { scheduler: condor }, held, change, signal);
    expect(outcomes).toMatchObject([{ jobs: 1, end: 'done' }]);
    expect(filesToRunAgain(known, held)).toEqual(new Map()); // it is still in the queue
    const asked = ['condor_q', '-name', schedd, known.sent[0]?.cluster?.id ?? ''];
    const said = await host.run([...asked, '-af:r', 'RequestMemory', 'Requirements'], {
      ...{ signal, timeoutMs: 60_000, maxOutputBytes: 10_000 }
    });
    expect(said.stdout).toMatch(/^900 .*Machine =!= "elsewhere.cern.ch"/);
    expect(await until(look(), ({ isDone }) => isDone)).toMatchObject({ counts: { succeeded: 1 } });
    // Once before it was held and once after, if HTCondor did not have to begin again.
    expect(watch.jobsAfter(0, 1).jobs[0]?.starts).toBeGreaterThanOrEqual(2);
  });

  it('jobs are held, released and removed by selection; removed files can run again', async () => {
    const sleep = ['executable = /bin/sleep', 'arguments = 300'];
    const { look, watch, known, name } = await submit(sleep, { jobs: 3 });
    const some = () => watch.rowsOf({ kind: 'jobs', jobs: [{ cluster: name, procs: [0, 2] }] });
    await until(look(), () => true);
    const reach = { scheduler: condor };
    expect(await act('hold', known, reach, some(), signal)).toMatchObject([
      { jobs: 2, end: 'done' }
    ]);
    const told = await until(look(), ({ counts }) => counts.held === 2);
    expect(told.groups).toMatchObject([{ words: 'somebody held it with condor_hold', jobs: 2 }]);
    expect(told.datasets[0]?.alike).toBe(null);
    expect(await act('hold', known, reach, some(), signal)).toEqual([]); // they are
    expect(await act('release', known, reach, watch.rowsOf(ALL), signal)).toMatchObject([
      { jobs: 2, end: 'done' }
    ]);
    await until(look(), ({ counts }) => counts.held === undefined);
    await act('remove', known, reach, some(), signal);
    await until(look(), ({ counts }) => counts.removed === 2);
    expect(filesToRunAgain(known, watch.rowsOf(ALL))).toEqual(
      new Map([['GJet', ['root://somewhere//0.root', 'root://somewhere//2.root']]])
    );
    await act('remove', known, reach, watch.rowsOf(ALL), signal);
    expect(await until(look(), ({ isDone }) => isDone)).toMatchObject({ counts: { removed: 3 } });
  });

  it('jobs that are not made yet wait, and go with their cluster', async () => {
    const lines = ['executable = /bin/sleep', 'arguments = 300', 'max_materialize = 2'];
    const { look, watch, known } = await submit(lines, { jobs: 6 });
    const told = await until(look('now'), ({ counts }) => (counts.running ?? 0) > 0);
    expect(told.jobs).toBe(6);
    expect(told.counts.unknown).toBeUndefined();
    expect(watch.jobsAfter(0, 10).jobs.map(({ native }) => native)).toContain('Not materialized');
    await act('remove', known, { scheduler: condor }, watch.rowsOf(ALL), signal);
    expect(await until(look(), ({ isDone }) => isDone)).toMatchObject({ counts: { removed: 6 } });
    const left = await host.run(['condor_q', known.sent[0]?.cluster?.id ?? '', '-af', 'ProcId'], {
      ...{ signal, timeoutMs: 60_000, maxOutputBytes: 10_000 }
    });
    expect(left.stdout).toBe('');
  });

  it('what is spooled is seen in the queue only, fetched, and taken away there', async () => {
    await host.write(`${folder}/says.sh`, '#!/bin/sh\necho out; exit 0\n', { mode: 0o755 });
    const { look, watch, known, name } = await submit(['executable = says.sh'], {
      ...{ jobs: 2, args: ['-spool'], more: { spool: true } }
    });
    await until(look('now'), ({ isDone }) => isDone);
    const id = known.sent[0]?.cluster?.id ?? '';
    await expect(host.stat(`${folder}/${name}.${id}.0.out`)).resolves.toBe(null);
    const outcomes = await fetchOutput(known, { scheduler: condor }, watch.rowsOf(ALL), signal);
    expect(outcomes).toMatchObject([{ cluster: name, jobs: 2, end: 'done' }]);
    watch.fetched();
    expect(String(await host.read(`${folder}/${name}.${id}.1.out`, { maxBytes: 100 }))).toBe(
      'out\n'
    );
    const told = await until(look('now'), () => true);
    expect(told.counts).toEqual({ succeeded: 2 }); // not removed, whatever the history says
    // Again: there is nothing left, and nobody is harmed.
    const again = await fetchOutput(known, { scheduler: condor }, watch.rowsOf(ALL), signal);
    expect(again).toMatchObject([{ end: 'done' }]);
  });

  it('a cluster that nobody knows any more is unknown, and so never done', async () => {
    const one = planned(folder, 'AN-gone', ['condor_submit'], 2);
    const known = knownOf(folder, [[one, { schedd, id: '99999999' }]]);
    const { watch, remove } = watchOn(host, condor);
    await watch.look(known, signal);
    expect(watch.summary(known)).toMatchObject({
      counts: { unknown: 2 },
      isDone: false,
      blind: null
    });
    remove();
  });

  it('another agent goes on where the first one was, and reads no log anew', async () => {
    const { look, watch, known, again } = await submit(['executable = /bin/true'], { jobs: 2 });
    await until(look(), ({ isDone }) => isDone);
    await watch.save();
    const before = watch.jobsAfter(0, 10);
    const next = again();
    const asked = host.asked.length;
    await next.look(known, signal);
    expect(host.asked.slice(asked)).toEqual([]);
    expect(next.jobsAfter(0, 10).jobs).toEqual(before.jobs);
    expect(next.summary(known).counts).toEqual({ succeeded: 2 });
    expect(next.summary(known).revision).toBeGreaterThanOrEqual(before.revision);
  });

  it('without an answer the rows stay, with the reason, and come back with the host', async () => {
    const { known } = await submit(['executable = /bin/sleep', 'arguments = 300']);
    let error: HepbatchError | null = null;
    const { watch, changes, remove } = watchOn(host, condor, { failing: () => error });
    await watch.look(known, signal);
    const { counts } = watch.summary(known);
    error = new HepbatchError('connection-lost', 'the line broke', { next: 'Connect again.' });
    const before = changes();
    await watch.look(known, signal);
    expect(watch.summary(known)).toMatchObject({ counts, blind: { message: 'the line broke' } });
    expect(changes()).toBe(before + 1);
    error = null;
    await watch.look(known, signal);
    expect(watch.summary(known).blind).toBe(null);
    // A schedd that is not there: the logs still tell.
    const lost = knownOf(folder, [
      [planned(folder, 'AN-x', [], 1), { schedd: 'no@where', id: '1' }]
    ]);
    const other = watchOn(host, condor);
    await other.watch.look(lost, signal);
    expect(other.watch.summary(lost)).toMatchObject({
      counts: { pending: 1 },
      blind: { code: 'unreachable' }
    });
    expect(other.watch.isDue(lost)).toBe(false);
    remove();
    other.remove();
  });

  it('many clusters are acted on with one command', async () => {
    const lines = ['executable = /bin/sleep', 'arguments = 300'];
    const some = [await submit(lines), await submit(lines), await submit(lines)];
    const known = knownOf(
      folder,
      some.map(({ known: { sent, plan } }) => [
        plan.clusters[0] ?? planned(folder, '', [], 1),
        sent[0]?.cluster ?? null
      ])
    );
    const { watch, remove } = watchOn(host, condor);
    await watch.look(known, signal, { queue: 'never' });
    const asked = host.asked.length;
    const all = () => watch.rowsOf(ALL);
    const held = await act('hold', known, { scheduler: condor }, all(), signal);
    expect(held).toMatchObject([{ end: 'done' }, { end: 'done' }, { end: 'done' }]);
    expect(host.asked.slice(asked).map(([program]) => program)).toEqual(['condor_hold']);
    const look = (wanted: string) =>
      until(
        async () => {
          await watch.look(known, signal, { queue: 'now' });
          return watch.summary(known).counts;
        },
        counts => counts[wanted as 'held'] === 3
      );
    await look('held');
    await retryHeld(known, { scheduler: condor }, all(), { memoryMb: 30 }, signal);
    await until(
      async () => {
        await watch.look(known, signal, { queue: 'now' });
        return watch.jobsAfter(0, 9).jobs.map(({ requestedMemoryMb }) => requestedMemoryMb);
      },
      memory => memory.every(mb => mb === 30)
    );
    await act('remove', known, { scheduler: condor }, all(), signal);
    await look('removed');
    remove();
  });
});
