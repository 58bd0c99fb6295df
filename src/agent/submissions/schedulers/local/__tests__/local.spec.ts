import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalHost } from '../../../../connections/hosts/local';
import { until } from '../../../__tests__/bed-host';
import { planned } from '../../../__tests__/planned';
import type { IWatched } from '../../scheduler';
import { Local } from '../local';

vi.setConfig({ testTimeout: 120_000 });

const signal = new AbortController().signal;
const program = readFileSync('hepbatch/local_jobs.py', 'utf8');

describe('jobs of this machine', () => {
  let folder: string;
  let local: Local;
  let started: IWatched[];

  const open = (limits: { slots?: number; totalMb?: number; jobMb?: number } = {}) => {
    const host = new LocalHost({ env: { ...process.env, HOME: folder }, home: folder });
    const all = { slots: 4, totalMb: 4000, jobMb: 500, ...limits };
    return new Local(host, { program, jobsFolder: folder, python: ['python3'], limits: all });
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-'));
    local = open();
    started = [];
  });

  afterEach(async () => {
    for (const { cluster } of started) {
      await local.remove({ cluster, procs: null }, signal);
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const submit = async (name: string, body: string, jobs: number): Promise<IWatched> => {
    const script = join(folder, `${name}.sh`);
    writeFileSync(script, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const cluster = {
      ...planned(folder, name, [script], jobs),
      output: `${folder}/${name}_%a.out`,
      error: `${folder}/${name}_%a.err`
    };
    const outcome = await local.submit(cluster, { jobsFolder: folder }, signal);
    if (outcome.end !== 'submitted') {
      throw new Error(JSON.stringify(outcome));
    }
    started.push({ cluster: outcome.cluster, jobs });
    return { cluster: outcome.cluster, jobs };
  };

  const rowsOf = async (watched: IWatched) => (await local.jobs([watched], signal))[0] ?? [];
  const states = async (watched: IWatched) => (await rowsOf(watched)).map(({ state }) => state);
  const keeper = ({ cluster }: IWatched) => {
    const lock = `${folder}/.local/${cluster.id}/keeper.log`;
    const pids = execFileSync('sh', [
      '-c',
      'for p in /proc/[0-9]*; do [ "$(readlink $p/fd/2 2>/dev/null)" = "$0" ] && basename $p; done; true',
      lock
    ]);
    return String(pids).trim().split('\n').map(Number);
  };

  it('each ends as it ends, with its output in its place and its cluster in its environment', async () => {
    const body =
      'echo "job $1 of $HEPBATCH_CLUSTER"; [ "$1" = 1 ] && exit 5; [ "$1" = 2 ] && kill -9 $$; exit 0';
    const watched = await submit('ends', body, 3);
    const rows = await until(
      () => rowsOf(watched),
      now => now.every(({ state }) => state === 'succeeded' || state === 'failed')
    );
    expect(rows.map(({ state, exitCode, exitSignal }) => [state, exitCode, exitSignal])).toEqual([
      ['succeeded', 0, null],
      ['failed', 5, null],
      ['failed', null, 9]
    ]);
    expect(readFileSync(`${folder}/ends_0.out`, 'utf8')).toBe(`job 0 of ${watched.cluster.id}\n`);
  });

  it('no more than allowed run at once, two runs together, and memory takes places', async () => {
    local = open({ slots: 4, totalMb: 4000, jobMb: 2000 }); // each job takes two of four places
    const body = `echo + >> ${folder}/trace; sleep 0.7; echo - >> ${folder}/trace`;
    const both = [await submit('one', body, 4), await submit('two', body, 3)];
    for (const watched of both) {
      await until(
        () => states(watched),
        now => now.every(state => state === 'succeeded')
      );
    }
    let now = 0;
    let most = 0;
    for (const mark of readFileSync(`${folder}/trace`, 'utf8').trim().split('\n')) {
      now += mark === '+' ? 1 : -1;
      most = Math.max(most, now);
    }
    expect(most).toBe(2);
  });

  it('one that takes more memory than it asked for is held, and runs with more', async () => {
    local = open({ jobMb: 60 });
    const eat = 'exec python3 -c "import time; x = bytearray(150_000_000); time.sleep(4)"';
    const watched = await submit('eats', eat, 1);
    const [held] = await until(
      () => rowsOf(watched),
      ([row]) => row?.state === 'held'
    );
    expect(held?.hold).toMatchObject({ code: 34, subcode: 102 });
    expect(held?.memoryMb).toBeGreaterThan(60);
    const all = { cluster: watched.cluster, procs: null };
    expect(await local.edit(all, { memoryMb: 1000 }, signal)).toMatchObject({ end: 'done' });
    expect(await local.release(all, signal)).toMatchObject({ end: 'done' });
    const [row] = await until(
      () => rowsOf(watched),
      ([now]) => now?.state === 'succeeded'
    );
    expect(row).toMatchObject({ starts: 2, requestedMemoryMb: 1000, hold: null });
  });

  it('jobs are held, released and removed, running or not', async () => {
    local = open({ slots: 1, totalMb: 500 });
    const watched = await submit('acted', 'sleep 60', 3);
    await until(
      () => states(watched),
      ([first]) => first === 'running'
    );
    const { cluster } = watched;
    expect(await local.hold({ cluster, procs: [0, 1] }, signal)).toMatchObject({ end: 'done' });
    await until(
      () => states(watched),
      now => now.join() === 'held,held,running'
    );
    expect(await local.remove({ cluster, procs: [2] }, signal)).toMatchObject({ end: 'done' });
    expect(await local.release({ cluster, procs: [1] }, signal)).toMatchObject({ end: 'done' });
    await until(
      () => states(watched),
      now => now.join() === 'held,running,removed'
    );
    const gone = { cluster: { ...cluster, id: 'none' }, procs: null };
    expect(await local.hold(gone, signal)).toMatchObject({ end: 'refused' });
  });

  it('the keeper that was killed is started anew: what runs goes on, nothing runs twice', async () => {
    local = open({ slots: 1, totalMb: 500 });
    const watched = await submit('kept', `echo $1 >> ${folder}/runs; sleep 2`, 3);
    await until(
      () => states(watched),
      ([first]) => first === 'running'
    );
    for (const pid of keeper(watched)) {
      process.kill(pid, 'SIGKILL');
    }
    appendFileSync(`${folder}/.local/${watched.cluster.id}/events.jsonl`, '{"proc": 1, "sta'); // died while it wrote
    const rows = await until(
      () => rowsOf(watched),
      now => now.every(({ state }) => !['pending', 'running'].includes(state))
    );
    // Nobody saw how the first one ended.
    expect(rows.map(({ state }) => state)).toEqual(['unknown', 'succeeded', 'succeeded']);
    expect(readFileSync(`${folder}/runs`, 'utf8')).toBe('0\n1\n2\n');
  });

  it('runs are found in the folder of their submission', async () => {
    const wanted = { token: 't', schedd: null, jobsFolder: folder, sinceMs: 0 };
    expect(await local.find(wanted, signal)).toEqual({ clusters: [], gaps: [] });
    const watched = await submit('found', 'true', 2);
    expect(await local.find(wanted, signal)).toEqual({
      clusters: [{ cluster: watched.cluster, name: 'found', jobs: 2 }],
      gaps: []
    });
  });

  it('a run that is not there is unknown, a script that is not there is held', async () => {
    expect(await states({ cluster: { schedd: null, id: 'none' }, jobs: 1 })).toEqual(['unknown']);
    const cluster = planned(folder, 'gone', [`${folder}/gone.sh`], 1);
    const outcome = await local.submit(cluster, { jobsFolder: folder }, signal);
    const made = outcome.end === 'submitted' ? outcome.cluster : expect.fail();
    const [row] = await until(
      () => rowsOf({ cluster: made, jobs: 1 }),
      ([now]) => now?.state === 'held'
    );
    expect(row?.hold).toMatchObject({ code: 6, subcode: 2 });
  });
});
