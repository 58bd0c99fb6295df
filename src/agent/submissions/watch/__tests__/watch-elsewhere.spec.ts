/** Watching jobs of a real HTCondor over SSH, and processes of this machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { describeWith, find } from '../../../__tests__/test-bed';
import { SSH, address, sshWorld } from '../../../connections/hosts/__tests__/ssh-bed';
import type { IHost, IHostRunOptions } from '../../../connections/hosts/host';
import { LocalHost } from '../../../connections/hosts/local';
import { openOpenssh } from '../../../connections/hosts/openssh/open';
import { HTCONDOR, bedFolder, removeBedFolders, until } from '../../__tests__/bed-host';
import { planned } from '../../__tests__/planned';
import { HTCondor } from '../../schedulers/htcondor/htcondor';
import { Local } from '../../schedulers/local/local';
import { knownOf, watchOn } from './watched';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;

describeWith(SSH, 'watching over SSH', bed => {
  it('reads many logs and stderr in a few commands', async () => {
    const htcondor = find(HTCONDOR);
    if (htcondor === null) {
      throw new Error('bring htcondor up with: testbed/up htcondor');
    }
    const { world, runtime } = sshWorld(bed);
    const opened = await openOpenssh(address('hep-a'), world, signal);
    const asked: string[] = [];
    const path = `${htcondor.bin}:/usr/local/bin:/usr/bin:/bin`;
    const host: IHost = Object.assign(Object.create(opened) as IHost, {
      run: (argv: readonly string[], options: IHostRunOptions) => {
        asked.push(argv[0] ?? '');
        return opened.run(argv, { ...options, env: { ...options.env, PATH: path } });
      }
    });
    const condor = new HTCondor(host);
    const folder = bedFolder();
    const { schedd } = htcondor;
    const clusters: Parameters<typeof knownOf>[1][number][] = [];
    try {
      for (let i = 0; i < 8; i++) {
        const name = `AN-${i}`;
        const out = `${name}.$(ClusterId).$(ProcId)`;
        const lines = [
          ...['executable = /bin/sh', `arguments = "-c 'echo KeyError: ${i} >&2; exit ${i % 2}'"`],
          ...['request_memory = 20M', 'request_disk = 10M', 'should_transfer_files = YES'],
          ...['transfer_output_files = ""', `error = ${out}.err`, `log = ${name}.$(ClusterId).log`]
        ];
        await host.write(`${folder}/${name}.sub`, [...lines, 'queue', ''].join('\n'));
        const one = planned(folder, name, ['condor_submit', '-terse', `${name}.sub`], 1);
        const outcome = await condor.submit(one, { jobsFolder: folder, schedd }, signal);
        clusters.push([one, outcome.end === 'submitted' ? outcome.cluster : null]);
      }
      const known = knownOf(folder, clusters);
      const { watch, remove } = watchOn(host, condor);
      asked.length = 0;
      let looks = 0;
      const told = await until(
        async () => {
          looks += 1;
          await watch.look(known, signal, { queue: 'never' });
          return watch.summary(known);
        },
        ({ isDone, groups }) => isDone && groups[0]?.words.startsWith('KeyError') === true
      );
      expect(told).toMatchObject({ counts: { succeeded: 4, failed: 4 }, groups: [{ jobs: 4 }] });
      // Not one of eight logs by itself: a listing, logs and stderr.
      expect(asked.length).toBeLessThanOrEqual(1 + 3 * looks);
      remove();
    } finally {
      for (const [, cluster] of clusters) {
        if (cluster !== null) {
          await condor.remove({ cluster, procs: null }, signal); // ours only
        }
      }
      await opened.close();
      rmSync(runtime, { recursive: true });
      removeBedFolders();
    }
  });
});

describe('watching processes of this machine', () => {
  it('they tell of themselves, and those that fail alike are one group', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-local-'));
    const host = new LocalHost({ env: { ...process.env, HOME: folder }, home: folder });
    const local = new Local(host, {
      program: readFileSync('hepbatch/local_jobs.py', 'utf8'),
      ...{ jobsFolder: folder, python: ['python3'] },
      limits: { slots: 2, totalMb: 2000, jobMb: 500 }
    });
    const script = join(folder, 'AN.sh');
    writeFileSync(script, '#!/bin/sh\n[ $1 = 0 ] || { echo "KeyError: $1" >&2; exit 1; }\n', {
      mode: 0o755
    });
    const one = { ...planned(folder, 'AN', [script], 3), log: null, error: `${folder}/AN.%a.err` };
    const outcome = await local.submit(one, { jobsFolder: folder }, signal);
    const cluster = outcome.end === 'submitted' ? outcome.cluster : null;
    const known = knownOf(folder, [[one, cluster]], { scheduler: 'local' });
    const { watch, remove } = watchOn(host, local);
    const told = await until(
      async () => {
        await watch.look(known, signal);
        return watch.summary(known);
      },
      ({ isDone, groups }) => isDone && groups[0]?.words.startsWith('KeyError') === true
    );
    expect(told).toMatchObject({ counts: { succeeded: 1, failed: 2 }, groups: [{ jobs: 2 }] });
    remove();
    execFileSync('rm', ['-rf', folder]);
  });
});
