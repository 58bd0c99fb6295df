import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../../../__tests__/test-bed';
import type { HostRunResult, IHostRunOptions } from '../../../connections/hosts/host';
import { BedHost, HTCONDOR, bedFolder, removeBedFolders } from '../../__tests__/bed-host';
import { planOf, planned } from '../../__tests__/planned';
import { ofToken } from '../../schedulers/htcondor/constraint';
import { HTCondor } from '../../schedulers/htcondor/htcondor';
import { Journal } from '../journal';
import { isOpen } from '../state';
import { Submitter } from '../submitter';

// Real schedulers take their time on a loaded machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const signal = new AbortController().signal;

describeWith(HTCONDOR, 'sending a submission to HTCondor', ({ bin, user, schedd }) => {
  const bed = { bin, user };
  const host = new BedHost(bed);
  const condor = new HTCondor(host);
  const scratch = mkdtempSync(join(tmpdir(), 'sending-'));
  const tokens: string[] = [];
  let program: string;

  beforeAll(async () => {
    program = join(scratch, 'dying.cjs');
    const entryPoints = ['src/agent/submissions/journal/__tests__/dying.ts'];
    await build({ entryPoints, bundle: true, platform: 'node', format: 'cjs', outfile: program });
  });

  afterAll(async () => {
    for (const token of tokens) {
      const ours = ['-name', schedd, '-constraint', ofToken(token)]; // the bed is shared
      await host.run(['condor_rm', ...ours], { signal, timeoutMs: 60_000, maxOutputBytes: 10_000 });
    }
    removeBedFolders();
    rmSync(scratch, { recursive: true });
  });

  /** A submission whose jobs stay held, in folders of its own. */
  const prepare = async (names: readonly string[], jobs = 2) => {
    const token = randomUUID();
    tokens.push(token);
    const folder = bedFolder();
    const journal = join(scratch, token);
    for (const name of names) {
      const text = [
        ...['executable = /bin/true', 'hold = True', 'request_memory = 10M'],
        ...[`MY.HepbatchSubmission = "${token}"`, `MY.HepbatchCluster = "${name}"`],
        ...[`queue ${jobs}`, '']
      ];
      await host.write(`${folder}/${name}.sub`, text.join('\n'));
    }
    const clusters = names.map(name =>
      planned(folder, name, ['condor_submit', '-terse', `${name}.sub`], jobs)
    );
    return { token, folder, journal, clusters, plan: planOf(token, folder, clusters) };
  };
  type Prepared = Awaited<ReturnType<typeof prepare>>;

  const worldOf = (more: { host?: BedHost; graceMs?: number; node?: string } = {}) => {
    const on = more.host ?? host;
    return { scheduler: new HTCondor(on), now: Date.now, graceMs: 0, ...more, host: on };
  };

  /** What HTCondor has of a submission, by name. */
  const inCondor = async ({ token, folder }: Prepared) => {
    const wanted = { token, schedd, jobsFolder: folder, sinceMs: 0 };
    const { clusters, gaps } = await condor.find(wanted, signal);
    expect(gaps).toEqual([]);
    return clusters.map(({ name, jobs, cluster }) => ({ name, jobs, id: cluster.id }));
  };

  const recordOf = async ({ folder }: Prepared, name: string) =>
    String(await host.read(`${folder}/${name}.record`, { maxBytes: 1000 }));

  /** Reconciles until nothing is open, then sends what is absent. */
  const recover = async (prepared: Prepared, graceMs: number) => {
    const submitter = await Submitter.open(worldOf({ graceMs }), prepared.journal);
    while ((await submitter.reconcile(signal)).some(isOpen)) {
      await sleep(graceMs / 2);
    }
    await submitter.send(prepared.clusters, signal);
    return submitter.reconcile(signal);
  };

  /** Each name once in HTCondor, with all of its jobs, and the journal and the record say the same. */
  const expectWhole = async (prepared: Prepared, sent: Awaited<ReturnType<typeof recover>>) => {
    const found = await inCondor(prepared);
    const names = prepared.clusters.map(({ name }) => name);
    expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { name, cluster, state, isFenced } of sent) {
      const there = found.find(one => one.name === name);
      expect({ state, isFenced, id: cluster?.id }).toEqual({
        ...{ state: 'submitted', isFenced: true, id: there?.id }
      });
      expect(there?.jobs).toBe(2);
      expect(await recordOf(prepared, name)).toBe(`${schedd}#${there?.id ?? ''}\n`);
    }
  };

  const die = (prepared: Prepared, dies: 'before' | 'after' | 'never', at: string) => {
    const names = prepared.clusters.map(({ name }) => name);
    const { token, folder, journal } = prepared;
    const task = { bed, schedd, token, folder, journal, names, jobs: 2, dies, at };
    return spawn(process.execPath, [program, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: process.env
    });
  };

  it('each cluster is sent once, recorded and fenced; a second time nothing is sent', async () => {
    const prepared = await prepare(['AN-1', 'AN-2']);
    const submitter = await Submitter.begin(worldOf(), prepared.journal, prepared.plan, schedd);
    await expectWhole(prepared, await submitter.send(prepared.clusters, signal));
    await expectWhole(prepared, await submitter.send(prepared.clusters, signal));
  });

  it('the intent is on disk before HTCondor is called', async () => {
    const prepared = await prepare(['AN-1']);
    let before: readonly string[] = [];
    class Looking extends BedHost {
      override async run(argv: readonly string[], options: IHostRunOptions) {
        before = (await Journal.open(prepared.journal)).entries.map(({ type }) => type);
        return super.run(argv, options);
      }
    }
    const world = worldOf({ host: new Looking(bed) });
    const submitter = await Submitter.begin(world, prepared.journal, prepared.plan, schedd);
    await submitter.send(prepared.clusters, signal);
    expect(before).toEqual(['created', 'intent']);
  });

  it('some are sent at once, and all of them once', async () => {
    let open = 0;
    let most = 0;
    let go: () => void = () => undefined;
    const four = new Promise<void>(resolve => (go = resolve));
    class Counting extends BedHost {
      override async run(argv: readonly string[], options: IHostRunOptions) {
        if (argv[0] !== 'condor_submit') {
          return super.run(argv, options);
        }
        most = Math.max(most, ++open);
        if (open === 4) {
          go();
        }
        await four; // each waits until all four are there
        const ran = await super.run(argv, options);
        open--;
        return ran;
      }
    }
    const prepared = await prepare(['AN-1', 'AN-2', 'AN-3', 'AN-4', 'AN-5', 'AN-6', 'AN-7']);
    const world = worldOf({ host: new Counting(bed) });
    const submitter = await Submitter.begin(world, prepared.journal, prepared.plan, schedd);
    await expectWhole(prepared, await submitter.send(prepared.clusters, signal));
    expect(most).toBe(4);
    const { clusters } = await Submitter.open(worldOf(), prepared.journal);
    expect(clusters).toEqual(submitter.clusters); // what it kept up with is what is on the disk
  });

  it('killed between the commit and our record: it is found by its token, not sent again', async () => {
    const prepared = await prepare(['AN-1', 'AN-2', 'AN-3']);
    await once(die(prepared, 'after', 'AN-2'), 'close');
    const { clusters } = await Submitter.open(worldOf(), prepared.journal);
    expect(clusters.find(({ name }) => name === 'AN-2')?.state).toBe('submitting');
    await expectWhole(prepared, await recover(prepared, 1000));
  });

  it('killed before HTCondor was called: missed twice, then sent', async () => {
    const prepared = await prepare(['AN-1']);
    await once(die(prepared, 'before', 'AN-1'), 'close');
    const submitter = await Submitter.open(worldOf({ graceMs: 1000 }), prepared.journal);
    await submitter.send([prepared.clusters[0] ?? expect.fail()], signal);
    expect(await inCondor(prepared)).toEqual([]); // what is unknown is never sent
    await expectWhole(prepared, await recover(prepared, 1000));
    const { entries } = await Journal.open(prepared.journal);
    expect(entries.map(({ type }) => type)).toContain('absent');
  });

  it('killed at any moment: nothing is lost and nothing is there twice', async () => {
    for (let round = 0; round < 5; round++) {
      const prepared = await prepare(['AN-1', 'AN-2']);
      const child = die(prepared, 'never', '');
      const ended = once(child, 'close'); // it may be done before it is killed
      await once(child.stdout, 'data');
      await sleep(Math.random() * 500);
      child.kill('SIGKILL');
      await ended;
      // The command lives on without us; the grace is longer than it takes.
      await expectWhole(prepared, await recover(prepared, 10_000));
    }
  });

  it('a line that breaks after the commit, and an answer that was cut off, are looked for', async () => {
    for (const spoil of [
      (): HostRunResult => ({ end: 'unknown', reason: 'the line broke', stdout: '', stderr: '' }),
      (ran: HostRunResult): HostRunResult => ({ ...ran, stdout: ran.stdout.slice(0, 3) }),
      (ran: HostRunResult): HostRunResult => ({ ...ran, end: 'exited', code: 1 })
    ]) {
      class Spoiling extends BedHost {
        override async run(argv: readonly string[], options: IHostRunOptions) {
          const ran = await super.run(argv, options);
          return argv[0] === 'condor_submit' ? spoil(ran) : ran;
        }
      }
      const prepared = await prepare(['AN-1']);
      const world = worldOf({ host: new Spoiling(bed) });
      const submitter = await Submitter.begin(world, prepared.journal, prepared.plan, schedd);
      const [sent] = await submitter.send(prepared.clusters, signal);
      expect(sent?.state).toBe('unknown');
      await submitter.send(prepared.clusters, signal, ['AN-1']);
      await expectWhole(prepared, await recover(prepared, 1000));
    }
  });

  it('while the schedd does not answer it stays unknown', async () => {
    class Deaf extends BedHost {
      override run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
        return argv[0] === 'condor_submit'
          ? Promise.resolve({ end: 'timed-out', stdout: '', stderr: '' })
          : super.run(['false'], options);
      }
    }
    const prepared = await prepare(['AN-1']);
    const world = worldOf({ host: new Deaf(bed) });
    const submitter = await Submitter.begin(world, prepared.journal, prepared.plan, schedd);
    await submitter.send(prepared.clusters, signal);
    await expect(submitter.reconcile(signal)).rejects.toMatchObject({ code: 'unreachable' });
    expect((await submitter.refresh()).map(({ state }) => state)).toEqual(['unknown']);
  });

  it('what is refused is told in words, and sent again only when it is named', async () => {
    const prepared = await prepare(['AN-1']);
    const good = String(await host.read(`${prepared.folder}/AN-1.sub`, { maxBytes: 1000 }));
    await host.write(`${prepared.folder}/AN-1.sub`, good.replace('10M', '10MBB'));
    const submitter = await Submitter.begin(worldOf(), prepared.journal, prepared.plan, schedd);
    const [refused] = await submitter.send(prepared.clusters, signal);
    expect(refused).toMatchObject({ state: 'refused' });
    expect(refused?.words).toContain('10MBB');
    await host.write(`${prepared.folder}/AN-1.sub`, good);
    await submitter.send(prepared.clusters, signal);
    expect(await inCondor(prepared)).toEqual([]);
    await expectWhole(prepared, await submitter.send(prepared.clusters, signal, ['AN-1']));
  });

  it('two at once: one sends, the other one is told who does', async () => {
    const prepared = await prepare(['AN-1', 'AN-2']);
    const begun = await Submitter.begin(worldOf(), prepared.journal, prepared.plan, schedd);
    const other = await Submitter.open(worldOf({ node: 'another-node' }), prepared.journal);
    const both = await Promise.allSettled([
      begun.send(prepared.clusters, signal),
      other.send(prepared.clusters, signal),
      begun.send(prepared.clusters, signal)
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of both) {
      if (one.status === 'rejected') {
        expect(one.reason).toMatchObject({ code: 'conflict' });
      }
    }
    await expectWhole(prepared, await other.reconcile(signal));
  });

  it('one that was sent twice all the same: the record decides, the other one is held', async () => {
    const prepared = await prepare(['AN-1']);
    const text = String(await host.read(`${prepared.folder}/AN-1.sub`, { maxBytes: 1000 }));
    await host.write(`${prepared.folder}/AN-1.sub`, text.replace('hold = True\n', ''));
    await host.write(
      `${prepared.folder}/AN-1.sub`,
      text.replace('/bin/true', '/bin/true\nrequirements = false').replace('hold = True\n', '')
    );
    const submitter = await Submitter.begin(worldOf(), prepared.journal, prepared.plan, schedd);
    // As if a job of another cluster had come first.
    const where = { jobsFolder: prepared.folder, schedd };
    const [planned = expect.fail()] = prepared.clusters;
    const first = await condor.submit(planned, where, signal);
    const id = first.end === 'submitted' ? first.cluster.id : expect.fail();
    await host.write(`${prepared.folder}/AN-1.record`, `${schedd}#${id}\n`);
    const [sent] = await submitter.send(prepared.clusters, signal);
    expect(sent).toMatchObject({ state: 'submitted', cluster: { schedd, id }, isFenced: true });
    const [surplus = expect.fail()] = sent?.surplus ?? [];
    expect(surplus.id).not.toBe(id);
    await submitter.reconcile(signal);
    const watched = [surplus, { schedd, id }].map(cluster => ({ cluster, jobs: 2 }));
    const [held = [], waiting = []] = await condor.jobs(watched, signal);
    expect(held.map(({ state }) => state)).toEqual(['held', 'held']);
    expect(waiting.map(({ state }) => state)).toEqual(['pending', 'pending']);
  });
});
