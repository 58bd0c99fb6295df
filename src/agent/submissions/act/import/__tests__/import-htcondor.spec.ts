/** Folders of the upstream submitter, submitted to a real HTCondor and taken up. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { BedHost, HTCONDOR, bedFolder, removeBedFolders, until } from '../../../__tests__/bed-host';
import { HTCondor } from '../../../schedulers/htcondor/htcondor';
import { watchOn } from '../../../watch/__tests__/watched';
import { input, readLog } from '../../look-at-job';
import { importFolder } from '../import-folder';
import { perFile, perSample } from './upstream-files';
import type { Files } from './upstream-files';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;
const token = '00000000-0000-4000-8000-000000000001';

describeWith(HTCONDOR, 'folders of the upstream submitter', ({ bin, user, schedd }) => {
  const host = new BedHost({ bin, user });
  const condor = new HTCondor(host);
  const made: string[] = [];
  let base: string;

  beforeAll(async () => {
    base = bedFolder();
    const script =
      '#!/bin/sh\necho "it ran $2"\ncase "$2" in *bad*) echo oh no >&2; exit 1 ;; esac\n';
    await host.write(`${base}/run_analysis.py`, script, { mode: 0o755 });
  });

  afterAll(async () => {
    for (const id of made) {
      await condor.remove({ cluster: { schedd, id }, procs: null }, signal); // ours only
    }
    removeBedFolders();
  });

  const run = (argv: readonly string[], cwd: string) =>
    host.run(argv, { cwd, signal, timeoutMs: 60_000, maxOutputBytes: 100_000 });

  const write = async (folder: string, files: Files) => {
    await run(['mkdir', '-p', `${folder}/inputs`, `${folder}/jobs`], base);
    for (const [path, text] of files) {
      await host.write(path, text, { mode: 0o775 });
    }
  };

  /** As upstream does: from the working directory of the person, without a look at what came of it. */
  const submit = async (file: string, cwd: string) => {
    const said = await run(['condor_submit', file], cwd);
    const id = /submitted to cluster (\d+)/.exec(said.stdout)?.[1] ?? '';
    made.push(id);
    return id;
  };

  it('is recognised, watched to its end, and its logs are read', async () => {
    const folder = `${base}/.higgs_dna_vanilla_lxplus/my_20250522_175343`;
    const files = ['/data/x/nano_1.root', '/data/x/bad_2.root'];
    const program = `${base}/run_analysis.py`;
    await write(folder, perSample({ folder, dataset: 'GJet', files, program }));
    const id = await submit(`${folder}/jobs/AN-GJet.sub`, `${folder}/jobs`);
    const found = await importFolder(host, condor, { folder, token }, signal);
    expect(found).toMatchObject({ stamp: '20250522_175343', output: '/eos/me/out', warnings: [] });
    expect(found.plan.counts).toEqual({ datasets: 1, files: 2, jobs: 2, clusters: 1 });
    expect(found.sent[0]?.cluster).toEqual({ schedd, id });
    const { watch, remove } = watchOn(host, condor);
    const told = await until(
      async () => {
        await watch.look(found, signal, { queue: 'now' });
        return watch.summary(found);
      },
      ({ counts, groups }) => counts.succeeded === 1 && groups.length > 0
    );
    remove();
    expect(told).toMatchObject({
      counts: { succeeded: 1, held: 1 },
      groups: [{ state: 'held', words: 'oh no', jobs: 1, cluster: 'AN-GJet', proc: 1 }]
    });
    const wanted = { stream: 'output', offset: 0, most: 1000 } as const;
    expect(await readLog(found, host, { cluster: 'AN-GJet', proc: 0, ...wanted })).toMatchObject({
      path: `${folder}/jobs/AN-GJet.${id}.0.out`,
      text: `it ran ${folder}/inputs/AN-GJet-nano_1.json\n`
    });
    expect(await input(found, host, { cluster: 'AN-GJet', proc: 1 })).toMatchObject({
      samplesJson: `${folder}/inputs/GJet-bad_2.json`,
      runnerJson: `${folder}/inputs/AN-GJet-bad_2.json`,
      text: expect.stringContaining('"/data/x/bad_2.root"') as unknown,
      reproduce: `${folder}/jobs/AN-GJet.sh 1`
    });
  });

  it('with a cluster for each file', async () => {
    const folder = `${base}/.bottom_line_vanilla_lxplus/my_20250522_175344`;
    const program = `${base}/run_analysis.py`;
    const files = ['/data/x/nano_1.root', '/data/x/nano_2.root', '/data/x/nano_3.root'];
    await write(folder, perFile({ folder, dataset: 'GJet', files, program }));
    const id = await submit(`${folder}/jobs/AN-GJet-nano_1.sub`, base);
    const found = await importFolder(host, condor, { folder, token }, signal);
    expect(found.sent.map(({ state, cluster }) => [state, cluster])).toEqual([
      ['submitted', { schedd, id }],
      ['unknown', null], // upstream tells nobody of a submission that failed
      ['unknown', null]
    ]);
    expect(found.warnings).toEqual([
      'No log and no job in the queue tells of 2 of its clusters: AN-GJet-nano_2, AN-GJet-nano_3'
    ]);
    expect((await input(found, host, { cluster: 'AN-GJet-nano_1', proc: 0 })).reproduce).toBe(
      `/usr/bin/env ${program} --json-analysis ${folder}/inputs/AN-GJet-nano_1.json ` +
        '--dump /eos/me/out --executor iterative'
    );
  });

  it('is found in the queue before any log is there, and once for each time it was submitted', async () => {
    const folder = `${base}/.higgs_dna_vanilla_lxplus/my_20250522_175345`;
    const files = ['/data/x/nano_1.root'];
    const program = `${base}/run_analysis.py`;
    const written = perSample({ folder, dataset: 'GJet', files, program });
    // Held from the beginning, and the log is taken away: only the queue tells.
    const onHold = written.map(
      ([path, text]) => [path, text.replace('queue', 'hold = True\nqueue')] as const
    );
    await write(folder, onHold);
    const ids = [
      await submit(`${folder}/jobs/AN-GJet.sub`, base),
      await submit(`${folder}/jobs/AN-GJet.sub`, base)
    ];
    for (const id of ids) {
      await run(['rm', `${folder}/jobs/AN-GJet.${id}.log`], base);
    }
    const found = await importFolder(host, condor, { folder, token }, signal);
    expect(found.sent[0]).toMatchObject({
      cluster: { schedd, id: ids[1] },
      surplus: [{ schedd, id: ids[0] }]
    });
    expect(found.warnings).toEqual(['AN-GJet was submitted 2 times']);
  });

  it('is refused where it is no folder of theirs, or one of ours', async () => {
    const take = (folder: string) => importFolder(host, condor, { folder, token }, signal);
    await expect(take(base)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(take(`${base}/.higgs_dna_vanilla_slurm/my_20250522_175345`)).rejects.toMatchObject(
      { code: 'unsupported' }
    );
    const ours = `${base}/.higgs_dna_vanilla_lxplus/my_20250522_175346`;
    await expect(take(ours)).rejects.toMatchObject({ code: 'not-found' });
    await write(ours, [
      [`${ours}/jobs/AN-GJet.sub`, '# 1 job of the dataset "GJet". Written by hepbatch.\nqueue 1\n']
    ]);
    await expect(take(ours)).rejects.toMatchObject({ code: 'conflict' });
  });
});
