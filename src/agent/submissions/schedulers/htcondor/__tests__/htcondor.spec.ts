import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { BedHost, HTCONDOR, bedFolder, removeBedFolders, until } from '../../../__tests__/bed-host';
import { planned } from '../../../__tests__/planned';
import type { IClusterId, IWatched } from '../../scheduler';
import { HTCondor } from '../htcondor';

// Real schedulers take their time on a loaded machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const signal = new AbortController().signal;

describeWith(HTCONDOR, 'HTCondor', ({ bin, user, schedd, secondSchedd }) => {
  const host = new BedHost({ bin, user });
  const condor = new HTCondor(host);
  let folder: string;
  const made: IClusterId[] = [];
  const token = randomUUID();
  const sinceMs = Date.now();

  /** Submits a description with the token, and expects it to be taken. */
  const submit = async (
    name: string,
    lines: readonly string[],
    { jobs = 1, on = schedd, args = [] as string[], mark = token } = {}
  ): Promise<IWatched & { warnings: readonly string[] }> => {
    const outcome = await describe(name, lines, { jobs, on, args, mark });
    if (outcome.end !== 'submitted') {
      throw new Error(JSON.stringify(outcome));
    }
    return { cluster: outcome.cluster, jobs, warnings: outcome.warnings };
  };

  const describe = async (
    name: string,
    lines: readonly string[],
    { jobs = 1, on = schedd, args = [] as string[], mark = token } = {}
  ) => {
    const text = [
      ...lines,
      `MY.HepbatchSubmission = "${mark}"`,
      `MY.HepbatchCluster = "${name}"`,
      'request_memory = 20M',
      'request_disk = 10M',
      `log = ${name}.log`,
      `queue ${jobs}`
    ];
    await host.write(`${folder}/${name}.sub`, text.join('\n') + '\n');
    const argv = ['condor_submit', '-terse', ...args, `${name}.sub`];
    const cluster = planned(folder, name, argv, jobs);
    const outcome = await condor.submit(cluster, { jobsFolder: folder, schedd: on }, signal);
    if (outcome.end === 'submitted') {
      made.push(outcome.cluster);
    }
    return outcome;
  };

  const states = async (watched: IWatched) => {
    const [rows = []] = await condor.jobs([watched], signal);
    return rows.map(({ state }) => state);
  };

  const all = (cluster: IClusterId) => ({ cluster, procs: null });

  beforeAll(() => {
    folder = bedFolder();
  });

  afterAll(async () => {
    for (const cluster of made) {
      await condor.remove({ cluster, procs: null }, signal); // the bed is shared: ours only
    }
    removeBedFolders();
  });

  it('is probed: version, schedd, and no retry_request_memory before 24', async () => {
    expect(await condor.probe(signal)).toEqual({
      version: '23.9.6',
      schedd,
      features: { retryRequestMemory: false, history: true, maxArraySize: null }
    });
  });

  it('a line that it does not know is queued with exit 0, and the warning comes along', async () => {
    const lines = ['executable = /bin/true', 'retry_request_memory = 2G'];
    const { warnings } = await submit('warned', lines, { mark: randomUUID() });
    expect(warnings).toEqual([
      "the line 'retry_request_memory = 2G' was unused by condor_submit. Is it a typo?"
    ]);
  });

  it('refuses in its own words, and nothing is queued', async () => {
    const mark = randomUUID();
    const outcome = await describe('refused', ['executable = none.sh'], { mark });
    expect(outcome).toEqual({
      end: 'refused',
      words: 'ERROR: Executable file none.sh does not exist'
    });
    const lost = await describe('nowhere', ['executable = /bin/true'], { mark, on: 'no@where' });
    expect(lost).toEqual({
      end: 'refused',
      words: "ERROR: Can't find address of schedd no@where"
    });
    const wanted = { token: mark, schedd, jobsFolder: folder, sinceMs };
    expect(await condor.find(wanted, signal)).toEqual({ clusters: [], gaps: [] });
  });

  it('a command that took too long or was cancelled is an unknown outcome', async () => {
    const stop = new AbortController();
    stop.abort();
    const cluster = planned(folder, 'late', ['condor_submit', 'none.sub'], 1);
    const where = { jobsFolder: folder, schedd };
    expect(await condor.submit(cluster, where, stop.signal)).toMatchObject({ end: 'unknown' });
  });

  it('is found by its token in queue and history, on its schedd only', async () => {
    const mark = randomUUID();
    const ended = await submit('ended', ['executable = /bin/true'], { mark, on: secondSchedd });
    const held = await submit('stays', ['executable = /bin/true', 'hold = True'], {
      mark,
      jobs: 3,
      on: secondSchedd
    });
    await until(
      () => states(ended),
      ([state]) => state === 'succeeded'
    );
    const wanted = { token: mark, schedd: secondSchedd, jobsFolder: folder, sinceMs };
    const { clusters, gaps } = await condor.find(wanted, signal);
    expect(gaps).toEqual([]);
    expect([...clusters].sort((a, b) => a.jobs - b.jobs)).toEqual([
      { cluster: ended.cluster, name: 'ended', jobs: 1 },
      { cluster: held.cluster, name: 'stays', jobs: 3 }
    ]);
    expect(await condor.find({ ...wanted, schedd }, signal)).toEqual({ clusters: [], gaps: [] });
    expect(await condor.remove(all(held.cluster), signal)).toMatchObject({ end: 'done' });
    await until(
      () => states(held),
      now => now.every(state => state === 'removed')
    );
  });

  it('a schedd that does not answer is unreachable, never an empty queue', async () => {
    const wanted = { token, schedd: 'no@where', jobsFolder: folder, sinceMs };
    await expect(condor.find(wanted, signal)).rejects.toMatchObject({ code: 'unreachable' });
    const watched = { cluster: { schedd: 'no@where', id: '1' }, jobs: 1 };
    await expect(condor.jobs([watched], signal)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('a job that neither queue nor history know is unknown', async () => {
    expect(await states({ cluster: { schedd, id: '999999' }, jobs: 2 })).toEqual([
      'unknown',
      'unknown'
    ]);
  });

  it('jobs are held, changed, released and removed, some of them or all', async () => {
    const watched = await submit('acted', ['executable = /bin/sleep', 'arguments = 60'], {
      jobs: 4
    });
    const { cluster } = watched;
    const some = { cluster, procs: [1, 2] };
    expect(await condor.hold(some, signal)).toMatchObject({ end: 'done' });
    const [rows = []] = await condor.jobs([watched], signal);
    expect(rows[1]).toMatchObject({ state: 'held', hold: { code: 1 } });
    expect(rows[3]?.state).not.toBe('held');
    expect(await condor.edit(some, { memoryMb: 33.2 }, signal)).toMatchObject({ end: 'done' });
    const [changed = []] = await condor.jobs([watched], signal);
    expect(changed.map(row => row.requestedMemoryMb)).toEqual([20, 34, 34, 20]);
    expect(await condor.release({ cluster, procs: [1] }, signal)).toMatchObject({ end: 'done' });
    expect(await condor.remove({ cluster, procs: [0] }, signal)).toMatchObject({ end: 'done' });
    await until(
      () => states(watched),
      now => now[0] === 'removed' && now[2] === 'held' && now[1] !== 'held'
    );
    expect(await condor.remove(all(cluster), signal)).toMatchObject({ end: 'done' });
  });

  it('an action on jobs that are not there is refused, though HTCondor ends with 0', async () => {
    const gone = { cluster: { schedd, id: '999999' }, procs: null };
    for (const outcome of [
      await condor.remove(gone, signal),
      await condor.hold(gone, signal),
      await condor.release(gone, signal),
      await condor.edit(gone, { memoryMb: 100 }, signal)
    ]) {
      expect(outcome).toMatchObject({ end: 'refused' });
    }
  });

  it('jobs that are not yet made are pending', async () => {
    const watched = await submit(
      'made-late',
      ['executable = /bin/sleep', 'arguments = 60', 'max_materialize = 2'],
      { jobs: 6 }
    );
    const now = await states(watched);
    expect(now).toHaveLength(6);
    expect(now.slice(2)).toEqual(['pending', 'pending', 'pending', 'pending']);
    const [rows = []] = await condor.jobs([watched], signal);
    expect(rows[5]?.said).toBe('Not materialized');
    expect(await condor.remove(all(watched.cluster), signal)).toMatchObject({ end: 'done' });
  });

  it('output of spooled jobs is fetched, and they count as ended afterwards', async () => {
    await host.write(`${folder}/say.sh`, '#!/bin/sh\necho "said $1"\nexit $1\n', { mode: 0o755 });
    const watched = await submit(
      'spooled',
      [
        ...['executable = say.sh', 'arguments = $(ProcId)', 'output = said.$(ProcId)'],
        ...['should_transfer_files = yes', 'transfer_output_files = ""']
      ],
      { jobs: 2, args: ['-spool'] }
    );
    const isOver = (now: readonly string[]) => now[0] === 'succeeded' && now[1] === 'failed';
    await until(() => states(watched), isOver);
    expect(await condor.fetch(watched.cluster, signal)).toMatchObject({ end: 'done' });
    expect(String(await host.read(`${folder}/said.1`, { maxBytes: 100 }))).toBe('said 1\n');
    // From here on only the history knows them, as JobStatus 3.
    const [rows = []] = await until(
      () => condor.jobs([watched], signal),
      ([now = []]) => now[0]?.said === 'Removed'
    );
    expect(rows.map(({ state, exitCode }) => [state, exitCode])).toEqual([
      ['succeeded', 0],
      ['failed', 1]
    ]);
    expect(await condor.fetch(watched.cluster, signal)).toMatchObject({ end: 'done' });
  });

  it('what others submitted is not theirs to be touched by a fetch', async () => {
    const other = await submit('other', ['executable = /bin/true'], {
      args: ['-spool'],
      mark: randomUUID()
    });
    await until(
      () => states(other),
      ([state]) => state === 'succeeded'
    );
    const one = await submit('mine', ['executable = /bin/true'], { args: ['-spool'] });
    await until(
      () => states(one),
      ([state]) => state === 'succeeded'
    );
    await condor.fetch(one.cluster, signal);
    const [rows = []] = await condor.jobs([other], signal);
    expect(rows[0]?.said).toBe('Completed');
  });
});
