/** What is written for HTCondor, submitted by hand to a real one. */
import { chmod, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { asBedUser, describeWith } from '../../../__tests__/test-bed';
import type { IPlan } from '../../plan';
import { isCondorValue } from '../condor-words';
import { bed, bedFolder, recorded, until, writeForBed } from './bed';
import { newFolder, plan, recorder, textOf, write } from './planned';

const HTCONDOR = { name: 'htcondor', told: z.object({ user: z.string(), schedd: z.string() }) };
const TIMEOUT = { timeout: 180_000 };

const ODD = ['a', ' ', '$', '(', ')', '\\', '"', "'", '#', '=', '%', '{', '}', '~', ';', '&', 'é'];

const Jobs = z.array(z.looseObject({ ClusterId: z.int(), ProcId: z.int(), JobStatus: z.int() }));

async function jobs(clusterId: string) {
  const text = await bed('condor_q', clusterId, '-json');
  return Jobs.parse(text === '' ? [] : JSON.parse(text));
}

describeWith(HTCONDOR, 'files for HTCondor', ({ user, schedd }) => {
  const submitted: string[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    // Those that have ended are no longer there, which condor_rm takes for a failure.
    if (submitted.length > 0) {
      await asBedUser(['condor_rm', ...submitted.splice(0)]);
    }
    for (const folder of folders.splice(0)) {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  const submit = async (file: string, ...options: string[]) => {
    const said = await bed('condor_submit', ...options, '-terse', file);
    const id = /^(\d+)\.0 - \d+\.\d+$/m.exec(said)?.[1] ?? '';
    submitted.push(id);
    return id;
  };

  const folder = async () => {
    const made = await bedFolder();
    folders.push(made);
    return made;
  };

  const bring = async (base: string, made: IPlan) => writeForBed(made, base, user);

  it('runs each job of a sample once, each with its own files', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base, program: recorder(base), arguments: ['--x', 'a \'b\' "c" $d *'] },
      options: { output: '/out', memory: 64 }
    });
    await bring(base, made);
    const id = await submit(`${made.jobsFolder}/AN-GJet.sub`);
    await until(
      async () => jobs(id),
      left => left.length === 0
    );
    const rest = ['--executor', 'iterative', '--dump', '/out', '--x', 'a \'b\' "c" $d *'];
    expect(await recorded(base)).toEqual(
      [0, 1, 2].map(i => ['--json-analysis', `${made.folder}/inputs/AN-GJet-${i}.json`, ...rest])
    );
    expect(await readFile(`${made.jobsFolder}/AN-GJet.cluster`, 'utf8')).toBe(`${schedd}#${id}\n`);
    expect(await readFile(`${made.jobsFolder}/AN-GJet.${id}.2.err`, 'utf8')).toBe('');
    expect(await readFile(`${made.jobsFolder}/AN-GJet.${id}.log`, 'utf8')).toContain('terminated');
  });

  it('SUB-2: runs with a cluster for each job, through a script of its own', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base, program: recorder(base), clusterPerSample: false }
    });
    expect(made.clusters).toHaveLength(4);
    await bring(base, made);
    const ids = await Promise.all(
      [0, 1, 2].map(i => submit(`${made.jobsFolder}/AN-GJet-${i}.sub`))
    );
    expect(new Set(ids).size).toBe(3);
    await until(
      async () => (await Promise.all(ids.map(jobs))).flat(),
      left => left.length === 0
    );
    expect((await recorded(base)).map(argv => argv[1])).toEqual(
      [0, 1, 2].map(i => `${made.folder}/inputs/AN-GJet-${i}.json`)
    );
    expect(await readFile(`${made.jobsFolder}/AN-GJet-2.cluster`, 'utf8')).toBe(
      `${schedd}#${ids[2] ?? ''}\n`
    );
  });

  it('SUB-6: runs again what failed, then holds it with its status', TIMEOUT, async () => {
    const base = await folder();
    const count = `printf x >> ${base}/runs; exit 107`;
    const made = plan({
      request: { folder: base, program: ['/bin/sh', '-c', count] },
      options: { retries: 1 },
      samples: { GJet: ['/data/a.root'] }
    });
    await bring(base, made);
    const id = await submit(`${made.jobsFolder}/AN-GJet.sub`);
    const [held] = await until(
      async () => jobs(id),
      ([job]) => job?.JobStatus === 5
    );
    expect(held).toMatchObject({ HoldReasonCode: 3, HoldReasonSubCode: 107 });
    expect(held?.['HoldReason']).toContain('exit status 107');
    expect(await readFile(`${base}/runs`, 'utf8')).toBe('xx');
  });

  it('SUB-6: holds what was killed by a signal', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base, program: ['/bin/sh', '-c', 'kill -SEGV $$'] },
      options: { retries: 0 },
      samples: { GJet: ['/data/a.root'] }
    });
    await bring(base, made);
    const id = await submit(`${made.jobsFolder}/AN-GJet.sub`);
    const [held] = await until(
      async () => jobs(id),
      ([job]) => job?.JobStatus === 5
    );
    expect(held?.['HoldReason']).toContain('killed by signal 11');
  });

  it('is spooled as it is, and its output comes back beside it', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base, program: ['/bin/sh', '-c', 'echo out; echo err >&2'] },
      samples: { GJet: ['/data/a.root'] }
    });
    await bring(base, made);
    const id = await submit(`${made.jobsFolder}/AN-GJet.sub`, '-spool');
    await until(
      async () => jobs(id),
      ([job]) => job?.JobStatus === 4
    );
    await bed('condor_transfer_data', id);
    const said = (end: string) => readFile(`${made.jobsFolder}/AN-GJet.${id}${end}`, 'utf8');
    expect(await said('.0.out')).toBe('out\n');
    expect(await said('.0.err')).toBe('err\n');
    expect(await said('.log')).toContain('terminated');
  });

  it('runs no job of a second cluster, and holds it with the reason', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base, program: recorder(base) },
      samples: { GJet: ['/data/a.root'] }
    });
    await bring(base, made);
    const first = await submit(`${made.jobsFolder}/AN-GJet.sub`);
    await until(
      async () => jobs(first),
      left => left.length === 0
    );
    const second = await submit(`${made.jobsFolder}/AN-GJet.sub`);
    const [held] = await until(
      async () => jobs(second),
      ([job]) => job?.JobStatus === 5
    );
    expect(held).toMatchObject({ HoldReasonSubCode: 120 });
    expect(await recorded(base)).toHaveLength(1);
    expect(await readFile(`${made.jobsFolder}/AN-GJet.${second}.0.err`, 'utf8')).toContain(
      `but the jobs are those of cluster ${schedd}#${first}`
    );
  });

  it(
    'is read back by condor_submit as it was meant, whatever folders are called',
    TIMEOUT,
    async () => {
      const name = fc
        .string({ unit: fc.constantFrom(...ODD), minLength: 1, maxLength: 12 })
        .map(text => `x${text}x`)
        .filter(isCondorValue);
      await fc.assert(
        fc.asyncProperty(name, name, async (folderName, dataset) => {
          const base = await newFolder(folderName);
          await chmod(dirname(base), 0o755);
          const made = plan({
            request: { folder: base },
            samples: { [dataset]: ['/data/a.root'] }
          });
          await write(made);
          const [, ...options] = made.clusters[0]?.argv ?? [];
          const submitting = ['condor_submit', '-dry-run', '-', ...options.slice(1)];
          const ad = await bed('env', '-C', made.jobsFolder, ...submitting);
          const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(ad)?.[1];
          const string = (text: string) => `"${text.replaceAll('"', '\\"')}"`;
          expect(value('Cmd')).toBe(string(made.clusters[0]?.wrapper ?? ''));
          expect(value('Iwd')).toBe(string(made.jobsFolder));
          expect(value('JobBatchName')).toBe(
            string(`myanalysis ${made.clusters[0]?.name.slice(3) ?? ''}`)
          );
          expect(value('HepbatchSubmission')).toBe(string(made.token));
        }),
        { numRuns: 12 }
      );
    }
  );

  it('has lines that condor_submit knows, all of them', TIMEOUT, async () => {
    const base = await folder();
    const made = plan({
      request: { folder: base },
      options: {
        ...{ memory: '2GB', cores: 2, disk: '3GB', walltime: '01:00:00', maxIdle: 10 },
        ...{ maxMaterialize: 20, directives: { periodic_release: 'False', '+Group': '"me"' } }
      }
    });
    await bring(base, made);
    const said = await bed('condor_submit', '-dry-run', '-', `${made.jobsFolder}/AN-GJet.sub`);
    expect(said).not.toMatch(/WARNING|unused/);
    expect(said).toMatch(/^RequestMemory=2048$/m);
    expect(said).toMatch(/^RequestDisk=3145728$/m);
    expect(said).toMatch(/^AllowedJobDuration=3600$/m);
    expect(said).toMatch(/^Group="me"$/m);
    expect(said).toMatch(/^HepbatchCluster="AN-GJet"$/m);
    expect(textOf(made, 'AN-GJet.sub')).not.toContain('JobFlavour');
  });
});
