/** The faults of the upstream submitter, each by its number; SUB-2 and SUB-6 on HTCondor are in htcondor-bed. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recorded } from './bed';
import { newFolder, plan, recorder, refusals, runByHand, textOf, write } from './planned';

it('SUB-1: files of one name in two folders have a job each, and each job reads its own', async () => {
  const base = await newFolder();
  const made = plan({
    backend: 'vanilla-local',
    request: { folder: base, program: recorder(base) },
    samples: { GJet: ['/x/nano_1.root', '/y/nano_1.root'] }
  });
  await write(made);
  const script = made.clusters[0]?.wrapper ?? '';
  expect(['0', '1'].map(i => runByHand(script, [i]).status)).toEqual([0, 0]);
  const runners = (await recorded(base)).map(argv => argv[1] ?? '');
  const inputs = await Promise.all(
    runners.map(async runner => {
      const { samplejson } = JSON.parse(await readFile(runner, 'utf8')) as { samplejson: string };
      return JSON.parse(await readFile(samplejson, 'utf8')) as unknown;
    })
  );
  expect(inputs).toEqual([{ GJet: ['/x/nano_1.root'] }, { GJet: ['/y/nano_1.root'] }]);
});

it('SUB-1: every file is in exactly one job, and no two files of a plan have one path', () => {
  const keys = fc.string({
    unit: fc.constantFrom('A', 'N', '-', 'a', '0', '_', '/', '.', ' ', 'é'),
    minLength: 1,
    maxLength: 8
  });
  const samples = fc.dictionary(
    keys.filter(key => !/(^|\/)\.\.?(\/|$)/.test(key) && !/^\/*$/.test(key)),
    fc.uniqueArray(
      fc.nat(50).map(i => `/data/f${i}.root`),
      { maxLength: 7 }
    ),
    { maxKeys: 6, noNullPrototype: true }
  );
  const most = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(samples, most, most, fc.boolean(), (all, filesPerJob, maxArraySize, perSample) => {
      const made = plan({
        backend: 'vanilla-slurm',
        samples: all,
        request: { clusterPerSample: perSample },
        options: { filesPerJob },
        facts: { slurm: { maxArraySize, partitions: [] } }
      });
      const jobs = made.clusters.flatMap(cluster => cluster.jobs);
      const taken = jobs.flatMap(({ dataset, files }) => files.map(file => `${dataset}\n${file}`));
      const listed = Object.entries(all).flatMap(([key, files]) => files.map(f => `${key}\n${f}`));
      expect(taken.sort()).toEqual(listed.sort());
      for (const { jobs: own, dataset } of made.clusters) {
        expect(own.length).toBeLessThanOrEqual(perSample ? maxArraySize : 1);
        expect(own.map(({ proc }) => proc)).toEqual(own.map((_, i) => i));
        expect(own.every(job => job.dataset === dataset)).toBe(true);
      }
      const paths = [...made.files.map(({ path }) => path), ...made.clusters.map(c => c.record)];
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths.every(path => /^\/data\/me\/[A-Za-z0-9_./-]+$/.test(path))).toBe(true);
      expect(
        paths.every(path => path.split('/').length === made.folder.split('/').length + 2)
      ).toBe(true);
    })
  );
});

it('SUB-2: with a cluster for each job the submit file names a script, and no shell is needed', () => {
  const made = plan({ request: { clusterPerSample: false } });
  const text = textOf(made, '/AN-GJet-1.sub');
  expect(text).toMatch(/^executable = .*\/AN-GJet\.sh$/m);
  expect(text).toMatch(/^arguments = 1$/m);
  expect(text).not.toContain('exit 107');
});

it.each(['--executor=vanilla_lxplus', '--exec=vanilla_slurm', '--executor vanilla_lxplus'])(
  'SUB-3: refuses %s, so that no job submits jobs',
  text => {
    const made = plan({ request: { arguments: text.split(' ') } });
    expect(refusals(made)).toEqual([expect.stringMatching(/would submit jobs from each job/)]);
  }
);

it('SUB-3: runs with --executor iterative unless futures is asked for', () => {
  expect(textOf(plan(), '/AN-GJet.sh')).toContain('--executor iterative');
  const futures = plan({ request: { arguments: ['--executor', 'futures'] } });
  expect(textOf(futures, '/AN-GJet.sh')).not.toContain('iterative');
  expect(refusals(futures)).toEqual([]);
  expect(refusals(plan({ request: { arguments: ['--executor', 'dask/lxplus'] } }))).toHaveLength(1);
});

it('SUB-4: hands on each argument unchanged, through a real shell', async () => {
  const anything = fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter(text => !/[\0\p{Cs}]/u.test(text));
  const tricky = fc.constantFrom('.*EGamma.*2018.*', '', '-n', "it's", '$(date)', '`id`', 'a\nb');
  const words = fc.array(fc.oneof(anything, tricky), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(words, anything, async (args, value) => {
      const base = await newFolder("o'dd $(x) \\");
      const made = plan({
        backend: 'vanilla-local',
        request: {
          folder: base,
          program: recorder(base),
          arguments: ['--x', ...args.map(arg => `+${arg}`)]
        },
        options: { environment: { VALUE: value }, output: '/out put' },
        samples: { GJet: ['/data/a.root'] }
      });
      await write(made);
      expect(runByHand(made.clusters[0]?.wrapper ?? '', ['0'])).toEqual({ status: 0, stderr: '' });
      const runner = `${made.folder}/inputs/AN-GJet-0.json`;
      expect(await recorded(base)).toEqual([
        [
          ...['--json-analysis', runner, '--executor', 'iterative', '--dump', '/out put', '--x'],
          ...args.map(arg => `+${arg}`)
        ]
      ]);
      expect(await environment(base)).toContain(`VALUE=${value}`);
    }),
    { numRuns: 40 }
  );
});

it('SUB-5: takes a dataset whose key is a DAS name or has dots, and keeps the key in the JSON', async () => {
  const base = await newFolder();
  const samples = {
    '/GJet_PT-20/Run3-v1/NANOAODSIM': ['/data/a.root'],
    'GJet_PT-20_Run3-v1_NANOAODSIM': ['/data/b.root'],
    'v1.2': ['/data/c.root'],
    'v1.3': ['/data/d.root'],
    'AN-x': ['/data/e.root'],
    x: ['/data/f.root']
  };
  const made = plan({ backend: 'vanilla-local', samples, request: { folder: base } });
  expect(refusals(made)).toEqual([]);
  await write(made);
  const inputs = await readdir(`${made.folder}/inputs`);
  expect(inputs).toHaveLength(12);
  expect(made.clusters.map(({ name }) => name)).toEqual([
    'AN-GJet_PT-20_Run3-v1_NANOAODSIM_2',
    'AN-GJet_PT-20_Run3-v1_NANOAODSIM',
    'AN-v1_2',
    'AN-v1_3',
    'AN-AN_x',
    'AN-x'
  ]);
  const read = await Promise.all(
    made.clusters.map(
      async ({ jobs }) =>
        JSON.parse(await readFile(jobs[0]?.samplesJson ?? '', 'utf8')) as Record<string, unknown>
    )
  );
  expect(Object.assign({}, ...read)).toEqual(samples);
});

it('SUB-5: refuses a dataset that would write outside of the output folder', () => {
  const made = plan({ samples: { '../x': ['/a.root'], GJet: ['/b.root'] } });
  expect(refusals(made)).toEqual([expect.stringMatching(/"\.\.\/x" would write outside/)]);
  expect(made.clusters.map(({ dataset }) => dataset)).toEqual(['GJet']);
});

it('SUB-6: passes on the status of the program, so that it is held', async () => {
  const base = await newFolder();
  const made = plan({
    backend: 'vanilla-local',
    request: { folder: base, program: ['/bin/sh', '-c', 'exit 107'] }
  });
  await write(made);
  expect(runByHand(made.clusters[0]?.wrapper ?? '', ['0']).status).toBe(107);
  expect(textOf(plan(), '/AN-GJet.sub')).toMatch(
    /^on_exit_hold = \(\(ExitBySignal == True\) \|\| \(ExitCode != 0\)\)/m
  );
});

it.each([['out'], ['./out'], ['../out']])('SUB-7: refuses the relative output %s', output => {
  expect(refusals(plan({ options: { output } }))).toEqual([
    expect.stringMatching(/is relative: outputs would be lost/)
  ]);
});

it.each([[['--dump', 'out']], [['--dump=out']], [['-d', 'out']], [['-dout']]])(
  'SUB-7: refuses an output among the arguments: %s',
  args => {
    expect(refusals(plan({ request: { arguments: args } }))).toEqual([
      expect.stringMatching(/jobs are given --dump already/)
    ]);
  }
);

it('SUB-8: sets the environment itself, expanded, and ships nothing else', async () => {
  const base = await newFolder();
  const setup = `${base}/setup.sh`;
  const made = plan({
    backend: 'vanilla-local',
    request: { folder: base, program: recorder(base) },
    options: {
      environment: { A: 'x=y=$HOME' },
      pythonPath: ['/one', '/two words'],
      setup: [`. ${setup}`]
    },
    facts: { certDir: '/certificates' }
  });
  await write(made);
  await writeFile(setup, 'false\nexport PYTHONPATH=/three\ntrue\n');
  expect(runByHand(made.clusters[0]?.wrapper ?? '', ['0'])).toEqual({ status: 0, stderr: '' });
  const set = await environment(base);
  expect(set).toEqual(
    expect.arrayContaining([
      'A=x=y=$HOME',
      'PYTHONPATH=/one:/two words:/three',
      'X509_CERT_DIR=/certificates',
      'XRD_RUNFORKHANDLER=1',
      'HOME=/home/me'
    ])
  );
  expect(textOf(plan(), '/AN-GJet.sub')).toMatch(/^getenv = False$/m);
});

it('SUB-9: refuses a flavour that is none, and says which there are', () => {
  const made = plan({ backend: 'vanilla-lxplus', options: { queue: 'None' } });
  expect(refusals(made)).toEqual(['There is no job flavour None.']);
  expect(made.problems[0]?.next).toContain('workday 8 h');
  expect(textOf(plan({ backend: 'vanilla-lxplus' }), '/AN-GJet.sub')).not.toContain('JobFlavour');
});

async function environment(folder: string): Promise<string[]> {
  const [name = ''] = (await readdir(folder)).filter(one => one.endsWith('.env'));
  return (await readFile(join(folder, name), 'utf8')).split('\0');
}
