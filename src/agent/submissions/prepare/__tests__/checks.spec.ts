/** What is said before anything is written. */
import { describe, expect, it } from 'vitest';
import { plan, refusals, runnerOf, textOf } from './planned';

const at = (hours: number) => new Date(Date.UTC(2026, 4, 22, 17 + hours)).toISOString();
const proxy = (hours: number, path = '/tmp/x509up_u1') =>
  ({ state: 'found', path, identity: 'me', expiresAt: at(hours) }) as const;
const ticket = (hours: number) =>
  ({
    state: 'found',
    principal: 'me@CERN.CH',
    cache: 'FILE:/tmp/c',
    expiresAt: at(hours)
  }) as const;
const absent = { state: 'absent', reason: 'There is none.' } as const;
const REMOTE = { GJet: ['root://host.cern.ch//store/a.root'] };

const warnings = (made: ReturnType<typeof plan>) =>
  made.problems.filter(({ level }) => level === 'warning').map(({ message }) => message);
const many = (count: number) => ({
  GJet: Array.from({ length: count }, (_, i) => `/data/f${i}.root`)
});

it('has nothing to say about an ordinary submission', () => {
  expect(plan().problems).toEqual([]);
});

describe('the files', () => {
  it.each([
    [[], 'samples.json: ✖ Invalid input'],
    [{ GJet: '/a.root' }, 'at GJet'],
    [{ GJet: [1] }, 'at GJet[0]'],
    [{ GJet: ['/a\nb'] }, 'is no file name']
  ])('samples %j are no samples JSON', (samples, words) => {
    expect(() => plan({ samples, runner: {} })).toThrow(words);
  });

  it('a runner JSON whose year is no object is named', () => {
    expect(() => plan({ runner: { year: ['2022'] } })).toThrow('at year');
  });

  it('refuses a runner JSON without what run_analysis.py reads; another program may not need it', () => {
    const rest = Object.fromEntries(
      Object.entries(runnerOf({ GJet: [] })).filter(([key]) => key !== 'workflow')
    );
    const samples = { GJet: ['/a.root'] };
    expect(refusals(plan({ runner: rest, samples }))).toEqual([
      'The runner JSON lacks workflow, which run_analysis.py reads.'
    ]);
    const other = plan({ runner: rest, samples, request: { program: ['/bin/other'] } });
    expect(refusals(other)).toEqual([]);
  });

  it('tells datasets that are in one file and not in the other, and makes no job of them', () => {
    const made = plan({
      runner: runnerOf({ GJet: [], Old: [] }),
      samples: { GJet: ['/a.root'], New: ['/b.root'] }
    });
    expect(warnings(made)).toEqual([
      'New: not in "year" of the runner JSON, and get no jobs.',
      'Old: in "year" of the runner JSON, but not in the samples JSON.'
    ]);
    expect(made.counts).toEqual({ datasets: 1, files: 1, jobs: 1, clusters: 1 });
  });

  it('says nothing of datasets that a part of a submission leaves out', () => {
    const both = {
      runner: runnerOf({ GJet: [], Old: [] }),
      samples: { GJet: ['/a.root'], New: ['/b.root'] }
    };
    const left = 'New: not in "year" of the runner JSON, and get no jobs.';
    expect(warnings(plan({ ...both, isPart: true }))).toEqual([left]);
    expect(warnings(plan({ ...both, options: { only: ['GJet'] } }))).toEqual([]);
  });

  it('tells an empty list and a file that is named twice', () => {
    const made = plan({ samples: { Empty: [], GJet: ['/a.root', '/b.root', '/a.root'] } });
    expect(warnings(made)).toEqual([
      'The dataset Empty has no files, and gets no jobs.',
      'The dataset GJet names 1 file(s) twice; each is taken once.'
    ]);
    expect(made.counts.jobs).toBe(2);
  });

  it('takes datasets, beginnings and files of them, and refuses what is not there', () => {
    const only = (...names: string[]) => plan({ options: { only: names } });
    expect(only('GJ*').counts.files).toBe(3);
    expect(only('/data/y/nano_1.root').counts.files).toBe(1);
    expect(only('Data_2022E', '/data/y/nano_1.root').counts).toMatchObject({
      datasets: 2,
      files: 2
    });
    expect(refusals(only('GJet', 'Nope'))).toEqual([
      'Nope: not in the samples JSON, though asked for.'
    ]);
    expect(plan({ options: { limit: 2 } }).counts.files).toBe(3);
  });

  it('refuses relative input files, and those that are not there', () => {
    expect(refusals(plan({ samples: { GJet: ['./a.root'] } }))).toEqual([
      '1 input file (./a.root) with a relative path, which jobs cannot find.'
    ]);
    const missing = ['/data/x/nano_1.root', '/not/asked/for.root'];
    expect(refusals(plan({ facts: { missing } }))).toEqual([
      'Not there: 1 input file (/data/x/nano_1.root).'
    ]);
    expect(warnings(plan({ facts: { missing: null } }))).toEqual([
      'Whether all local input files are there could not be found out.'
    ]);
  });

  it('refuses to submit nothing', () => {
    expect(refusals(plan({ samples: {}, runner: runnerOf({}) }))).toEqual([
      'There is nothing to do: no dataset with files is left.'
    ]);
  });
});

describe('credentials', () => {
  it('refuses to read through XRootD without a proxy, unless none is needed', () => {
    const facts = { proxy: absent };
    expect(refusals(plan({ samples: REMOTE, facts }))).toHaveLength(1);
    expect(refusals(plan({ samples: REMOTE, facts, options: { proxy: null } }))).toEqual([]);
    expect(plan({ facts }).problems).toEqual([]);
  });

  it('refuses a proxy that has ended, and warns of one that ends before a job may', () => {
    expect(refusals(plan({ samples: REMOTE, facts: { proxy: proxy(-1) } }))[0]).toContain('ended');
    const options = { queue: 'workday' };
    const lxplus = { backend: 'vanilla-lxplus', samples: REMOTE, options } as const;
    const made = plan({ ...lxplus, facts: { proxy: proxy(5), ticket: ticket(20) } });
    expect(warnings(made)).toEqual(['The proxy has 4.1 h left, and a job may run 8.0 h.']);
    expect(plan({ ...lxplus, facts: { proxy: proxy(12), ticket: ticket(20) } }).problems).toEqual(
      []
    );
  });

  it('does not take what could not be found out for absent', () => {
    const unknown = { state: 'unknown', reason: 'no answer' } as const;
    const made = plan({ samples: REMOTE, facts: { proxy: unknown } });
    expect(refusals(made)).toEqual([]);
    expect(warnings(made)).toEqual(['Whether there is a proxy could not be found out: no answer.']);
  });

  it('lets HTCondor bring the proxy, and refuses one in /tmp for Slurm', () => {
    const facts = { proxy: proxy(12) };
    const condor = plan({ samples: REMOTE, facts });
    expect(textOf(condor, '/AN-GJet.sub')).toMatch(/^x509userproxy = \/tmp\/x509up_u1$/m);
    expect(refusals(plan({ backend: 'vanilla-slurm', samples: REMOTE, facts }))[0]).toContain(
      'lies on this machine alone'
    );
    const slurm = plan({
      backend: 'vanilla-slurm',
      samples: REMOTE,
      facts: { proxy: proxy(12, '/home/me/.x509up') }
    });
    expect(textOf(slurm, '/AN-GJet.sh')).toMatch(/^export X509_USER_PROXY=\/home\/me\/\.x509up$/m);
  });

  it('refuses CERN and AFS without a Kerberos ticket', () => {
    const none = { ticket: absent };
    expect(refusals(plan({ backend: 'vanilla-lxplus', facts: none }))[0]).toContain(
      'condor_submit needs'
    );
    expect(
      refusals(plan({ backend: 'vanilla-lxplus', facts: { ticket: ticket(-2) } }))
    ).toHaveLength(1);
    expect(refusals(plan({ facts: none }))).toEqual([]);
    expect(refusals(plan({ facts: none, request: { folder: '/afs/cern.ch/x' } }))[0]).toContain(
      'AFS needs'
    );
  });
});

describe('places and numbers', () => {
  it('warns of many jobs, and refuses more than the connection allows', () => {
    expect(warnings(plan({ samples: many(10_000) }))).toEqual([
      '10000 jobs are many for one scheduler.'
    ]);
    expect(plan({ samples: many(9_999) }).problems).toEqual([]);
    expect(refusals(plan({ profile: { limits: { jobs: 3 } } }))).toEqual([
      '4 jobs are more than the 3 allowed here.'
    ]);
  });

  it('spools from EOS in parts of a hundred, and at most five hundred jobs', () => {
    const request = { folder: '/eos/home-i3/m/me' };
    const made = plan({ request, samples: many(250) });
    expect(refusals(made)).toEqual([]);
    expect(made.folder).toMatch(/^\/eos\/user\/i\/m\/me\/\.higgs_dna_vanilla_lxplus\//);
    expect(made.clusters.map(({ name, jobs }) => [name, jobs.length])).toEqual([
      ['AN-GJet.0', 100],
      ['AN-GJet.1', 100],
      ['AN-GJet.2', 50]
    ]);
    expect(made.clusters[0]?.argv).toEqual(['condor_submit', '-spool', '-terse', 'AN-GJet.0.sub']);
    expect(refusals(plan({ request, samples: many(501) }))[0]).toContain('500');
    expect(refusals(plan({ request, options: { maxIdle: 5 } }))[0]).toContain('bit by bit');
  });

  it('keeps AFS directories from filling up', () => {
    const folder = { request: { folder: '/afs/cern.ch/user/m/me' }, facts: { ticket: ticket(5) } };
    expect(plan({ ...folder, samples: many(1000) }).problems).toEqual([]);
    expect(warnings(plan({ ...folder, samples: many(9000) }))[0]).toMatch(
      /jobs would have 18004 files, 56 %/
    );
    expect(refusals(plan({ ...folder, samples: many(30_000) }))).toHaveLength(2);
  });

  it('refuses folders that HTCondor or Slurm cannot be told', () => {
    expect(refusals(plan({ request: { folder: '/data/a$$b' } }))[0]).toContain('two $ or');
    expect(refusals(plan({ request: { folder: '/data/a\\\\b' } }))[0]).toContain('two backslashes');
    expect(refusals(plan({ request: { folder: '/data/a\\b' } }))).toEqual([]);
    expect(refusals(plan({ request: { folder: '/data/a$b' } }))).toEqual([]);
    const slurm = { backend: 'vanilla-slurm', request: { folder: '/data/a%b' } } as const;
    expect(refusals(plan(slurm))[0]).toContain('Slurm cannot be told the folder');
  });

  it('refuses where the disk is full, and warns where that is not known', () => {
    expect(refusals(plan({ facts: { freeBytes: 100 } }))[0]).toContain('100 are free');
    expect(warnings(plan({ facts: { freeBytes: null } }))).toHaveLength(1);
  });

  it('names the folder after the submitter, the framework and the moment, and takes no other one', () => {
    const names = (changes: Parameters<typeof plan>[0]) =>
      plan(changes).folder.slice('/data/me/'.length);
    const stamp = 'myanalysis_20260522_175343';
    expect(names({})).toBe(`.higgs_dna_vanilla_lxplus/${stamp}`);
    expect(names({ backend: 'vanilla-slurm' })).toBe(`.higgs_dna_vanilla_slurm/${stamp}`);
    expect(names({ request: { framework: 'bottom_line' } })).toBe(
      `.bottom_line_vanilla_lxplus/${stamp}`
    );
    expect(names({ facts: { taken: [stamp, `${stamp}_2`] } })).toBe(
      `.higgs_dna_vanilla_lxplus/${stamp}_3`
    );
    expect(names({ runnerName: 'my analysis!.v2.json' })).toContain('/my_analysis_2026');
  });
});

describe('options', () => {
  it('says which partitions there are', () => {
    const made = plan({ backend: 'vanilla-slurm', options: { queue: 'long' } });
    expect(made.problems).toEqual([
      {
        level: 'refused',
        message: 'There is no partition long.',
        next: 'There are standard, short.'
      }
    ]);
  });

  it('refuses fields that a backend lacks, and those that a site has locked', () => {
    expect(() => plan({ options: { queue: 'workday' } })).toThrow(
      'options.queue: vanilla-htcondor has no such field'
    );
    const profile = { defaults: { memory: '2GB' }, locked: ['memory'] };
    expect(() => plan({ profile, options: { memory: '4GB' } })).toThrow(
      'the site has locked "2GB"'
    );
    expect(textOf(plan({ profile }), '/AN-GJet.sub')).toMatch(/^request_memory = 2048MB$/m);
  });

  it.each([
    ['10GB', '10240MB'],
    ['8000MB', '8000MB'],
    ['1.5 GiB', '1536MB'],
    [2500, '2500MB'],
    ['2500', '2500MB'],
    ['1B', '1MB']
  ])('memory %s is asked for as %s', (memory, asked) => {
    expect(textOf(plan({ options: { memory } }), '/AN-GJet.sub')).toContain(
      `request_memory = ${asked}\n`
    );
  });

  it.each([
    [{ proxy: 'x509up' }],
    [{ pythonPath: ['src'] }],
    [{ directives: { Rank: 'x\\' } }],
    [{ directives: { 'queue 5\nRank': 'x' } }],
    [{ setup: ['a\nb'] }],
    [{ environment: { 'A B': 'x' } }],
    [{ memory: 'lots' }]
  ])('takes no option such as %j', options => {
    expect(() => plan({ options })).toThrow(/options/);
  });

  it('says how many cores memory is likely to cost at CERN', () => {
    const options = { memory: '10GB' };
    const made = plan({ backend: 'vanilla-lxplus', options, facts: { ticket: ticket(5) } });
    expect(warnings(made)).toEqual([
      'Each job is likely to occupy 4 cores, for its 10240 MB of memory.'
    ]);
  });

  it('lets a directive take the place of a line, however it is spelt', () => {
    const text = textOf(
      plan({
        backend: 'vanilla-lxplus',
        options: { queue: 'workday', directives: { 'MY.JobFlavour': '"x"', Request_Memory: '5' } }
      }),
      '/AN-GJet.sub'
    );
    expect(text.match(/JobFlavour.*|request_memory.*/gi)).toEqual([
      'JobFlavour = "x"',
      'Request_Memory = 5'
    ]);
  });

  it('is pure: the same preparation gives the same plan', () => {
    expect(plan()).toEqual(plan());
  });
});
