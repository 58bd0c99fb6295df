/** What the files and the exit status of `hepbatch audit` promise, rule by rule. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tree } from '../../agent/audits/__tests__/tree';
import { auditTree, withEvents } from './answers';
import { runAuditCommand } from './terminal';

describe('statuses', () => {
  it.each([
    ['0-100 100-200', 200, 'complete', []],
    ['0-100', 200, 'partial', [[100, 200]]],
    ['100-200', 200, 'partial', [[0, 100]]],
    ['0-50 150-200', 200, 'partial', [[50, 150]]],
    ['0-80 80-81 81-200', 200, 'complete', []],
    ['0-100 0-100', 100, 'overlapping', []],
    ['0-120', 100, 'overlapping', []],
    ['0-50 100-120', 100, 'partial', [[50, 100]]],
    ['0-0', 100, 'partial', [[0, 100]]],
    ['0-0', 0, 'no-events', undefined],
    ['', 0, 'no-events', undefined],
    ['0-10', 0, 'overlapping', []],
    ['', 100, 'missing', [[0, 100]]],
    ['0-100', null, 'not-in-catalogue', []],
    ['50-100', null, 'partial', [[0, 50]]],
    ['0-60 50-100', null, 'overlapping', []],
    ['', null, 'not-in-catalogue', []]
  ])('chunks %j of %s events: %s', async (ranges, events, status, missing) => {
    const tree = new Tree();
    tree.input('A', 'f', events);
    for (const [i, range] of ranges.split(' ').filter(Boolean).entries()) {
      // The second of two equal ranges comes from another cycle of the tree.
      tree.chunk(`A/nominal/f_Events${i === 0 ? '' : `%3B${i + 1}`}_${range}.parquet`);
    }
    const { dataset, missing: again, status: exit } = await auditTree(tree, withEvents(tree));
    expect(dataset('A').files).toMatchObject({ [status]: 1 });
    expect(Object.values(dataset('A').files).reduce((a, b) => a + b)).toBe(1);
    expect(dataset('A').problems[0]?.missing).toEqual(status === 'complete' ? undefined : missing);
    const fine =
      status === 'complete' ||
      status === 'no-events' ||
      (status === 'not-in-catalogue' && ranges !== '');
    expect(again).toEqual(fine ? {} : tree.samples);
    expect(exit).toBe(fine ? 0 : 1);
  });

  it('judges ranges alone where no catalogue is asked, and says so', async () => {
    const tree = new Tree();
    ['whole', 'hole', 'late', 'none', 'zero'].forEach(stem => tree.input('A', stem));
    tree.chunk('A/nominal/whole_Events_0-70.parquet');
    tree.chunk('A/nominal/hole_Events_0-10.parquet');
    tree.chunk('A/nominal/hole_Events_20-30.parquet');
    tree.chunk('A/nominal/late_Events_5-30.parquet');
    tree.chunk('A/nominal/zero_Events_0-0.parquet', 0);
    const { dataset, stdout } = await auditTree(tree);
    expect(dataset('A').files).toMatchObject({
      complete: 1,
      partial: 2,
      missing: 1,
      'no-events': 1
    });
    expect(dataset('A').events).toEqual({ expected: null, found: 115 });
    expect(stdout).toContain('No source of expected events');
  });

  it('takes nine keys for every dataset, and sums the ranges of nominal', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 100);
    tree.input('A', 'g', 50);
    tree.input('B', 'h', 7);
    tree.chunk('A/nominal/f_Events_0-100.parquet');
    tree.chunk('A/nominal/f_Events_50-100.parquet');
    tree.chunk('A/Up_up/f_Events_0-100.parquet');
    const { dataset, report } = await auditTree(tree, [...withEvents(tree), '--chunk', '50']);
    expect(Object.keys(dataset('B').files)).toHaveLength(9);
    expect(dataset('A').events).toEqual({ expected: 150, found: 150 });
    expect(report).toMatchObject({ version: 1, convention: 'DAS', source: tree.source, chunk: 50 });
    expect(report.datasets['A']?.unknown).toBeNull();
  });

  it('explains holes by the chunk rule, where it fits', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 300);
    tree.chunk('A/nominal/f_Events_0-100.parquet');
    const { problem } = await auditTree(tree, [...withEvents(tree), '--chunk', '100']);
    expect(problem('A', 'f')?.reason).toContain('1 of the 3 chunks of --chunk 100');
  });
});

describe('empty selections', () => {
  const rare = (rows: (i: number) => number, count: number) => {
    const tree = new Tree();
    for (let i = 0; i < count; i += 1) {
      tree.input('Rare', `f${i}`, 1000);
      tree.chunk(`Rare/nominal/f${i}_Events_0-1000.parquet`, rows(i));
    }
    tree.input('Rare', 'absent', 1000);
    return tree;
  };

  it.each([
    ['nine other chunks are no evidence', rare(() => 1, 9), 'missing'],
    ['ten are', rare(() => 1, 10), 'empty'],
    ['a chance below 1 % is none', rare(() => 5, 20), 'missing'],
    ['a chunk with zero rows says that empty chunks are written', rare(i => i % 2, 20), 'missing']
  ])('%s', async (_, tree, status) => {
    expect((await auditTree(tree, withEvents(tree))).problem('Rare', 'absent')?.status).toBe(
      status
    );
  });

  it('are not looked for by names alone', async () => {
    const tree = rare(() => 1, 20);
    const { problem, stdout } = await auditTree(tree, [...withEvents(tree), '--names-only']);
    expect(problem('Rare', 'absent')?.status).toBe('missing');
    expect(stdout).toContain('truncated chunks were not looked for');
  });

  it('are told by the log of the job', async () => {
    const tree = new Tree();
    const url = tree.input('A', 'f', 100);
    tree.input('A', 'g', 100);
    const logs = join(tree.root, 'logs');
    mkdirSync(join(logs, 'jobs'), { recursive: true });
    mkdirSync(join(logs, 'inputs'));
    const script = `if [ $1 -eq 0 ]; then\n  /usr/bin/env run_analysis.py --json-analysis /x/inputs/AN-A-f.json || exit 107\nexit 0\nfi\n`;
    writeFileSync(join(logs, 'jobs', 'AN-A.sh'), script);
    writeFileSync(join(logs, 'inputs', 'A-f.json'), JSON.stringify({ A: [url] }));
    writeFileSync(
      join(logs, 'jobs', 'AN-A.55.0.out'),
      'No surviving events in this run, return now!\n'
    );
    const { problem } = await auditTree(tree, [...withEvents(tree), '--logs', logs]);
    expect(problem('A', 'f')).toMatchObject({ status: 'empty' });
    expect(problem('A', 'f')?.reason).toContain('log of its job');
    expect(problem('A', 'g')?.status).toBe('missing');
  });
});

it.each([
  ['one line for two absent chunks is no evidence', 1, 'partial'],
  ['a line for each of them is', 2, 'empty']
])('of the logs %s', async (_, lines, status) => {
  const tree = new Tree();
  const url = tree.input('A', 'f', 300);
  tree.chunk('A/nominal/f_Events_0-100.parquet');
  const logs = join(tree.root, 'logs');
  mkdirSync(join(logs, 'jobs'), { recursive: true });
  mkdirSync(join(logs, 'inputs'));
  writeFileSync(join(logs, 'inputs', 'A-f.json'), JSON.stringify({ A: [url] }));
  const said = 'No surviving events in this run, return now!\n'.repeat(lines);
  writeFileSync(join(logs, 'jobs', 'AN-A-f.out'), said);
  const { problem } = await auditTree(tree, [...withEvents(tree), '--logs', logs]);
  expect(problem('A', 'f')?.status).toBe(status);
});

describe('identifiers', () => {
  it('of two input files cannot be told apart', async () => {
    const tree = new Tree();
    const one = tree.input('A', 'x/nano_1', 10);
    const two = tree.input('A', 'y/nano_1', 10);
    const gone = tree.input('B', 'x/nano_2', 10);
    tree.input('B', 'y/nano_2', 10);
    tree.chunk('A/nominal/nano_1_Events_0-10.parquet');
    const { dataset, missing } = await auditTree(tree, withEvents(tree));
    expect(dataset('A').files.overlapping).toBe(2);
    expect(dataset('A').stale).toEqual(['A/nominal/nano_1_Events_0-10.parquet']);
    expect(dataset('B').files.missing).toBe(2);
    expect(missing['A']).toEqual([one, two]);
    expect(missing['B']?.[0]).toBe(gone);
  });

  it('keep their letter case, and the same URL counts once', async () => {
    const tree = new Tree();
    const url = tree.input('A', '817DB9CF', 10);
    tree.samples['A']?.push(url);
    tree.chunk('A/nominal/817db9cf_Events_0-10.parquet');
    const { dataset, missing } = await auditTree(tree, withEvents(tree));
    expect(dataset('A').problems).toMatchObject([{ id: '817DB9CF', status: 'missing' }]);
    expect(dataset('A').foreign).toEqual(['817db9cf_Events_0-10.parquet']);
    expect(missing['A']).toEqual([url]);
  });
});

describe('folders', () => {
  it('list what is foreign, and ignore what begins with a dot and what is a folder', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    tree.chunk('A/nominal/f_Events_0-10.parquet');
    tree.chunk('A/nominal/.f_Events_0-10.parquet');
    tree.chunk('A/nominal/.sys.v#.f/f_Events_0-10.parquet');
    tree.folder('A/nominal/g_Events_0-10.parquet');
    for (const name of ['merged.parquet', 'x.parquet.tmp', 'g_Events_0-1.parquet']) {
      tree.file(`A/nominal/${name}`, 'x');
    }
    const { dataset, status } = await auditTree(tree, withEvents(tree));
    expect(dataset('A').foreign).toEqual([
      'g_Events_0-1.parquet',
      'merged.parquet',
      'x.parquet.tmp'
    ]);
    expect(status).toBe(0);
  });

  it('may have names with spaces, slashes and any letter, and may be links', async () => {
    const tree = new Tree();
    const names = ['a b', 'deep/er', 'deep', 'Größe', '__proto__', '2016'];
    names.forEach((name, i) => {
      tree.input(name, `f${i}`, 10);
      tree.chunk(`${name}/nominal/f${i}_Events_0-10.parquet`);
    });
    tree.link('linked', join(tree.source, 'a b'));
    tree.input('linked', 'f0', 10);
    const { report, status } = await auditTree(tree, withEvents(tree));
    expect(status).toBe(0);
    // zod leaves a key __proto__ out of a record; the file has it.
    expect(Object.keys(report.datasets)).toHaveLength(6);
    expect(readFileSync(join(tree.root, 'report.json'), 'utf8')).toContain('"__proto__": {');
  });

  it.each(['../up', '/etc', 'a/../../b', '..', '', '.'])('never lie outside: %j', async name => {
    const tree = new Tree();
    Object.defineProperty(tree.samples, name, { value: ['x.root'], enumerable: true });
    tree.save();
    const argv = [
      '-j',
      tree.samplesJson,
      '-s',
      tree.source,
      '-c',
      'DAS',
      '-o',
      join(tree.root, 'm.json')
    ];
    const { status, stderr } = await runAuditCommand(argv);
    expect(status).toBe(2);
    expect(stderr).toContain('would leave the output folder');
    expect(existsSync(join(tree.root, 'm.json'))).toBe(false);
  });

  it('without nominal are missing, whatever else they have', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    tree.chunk('A/Smearing_up/f_Events_0-10.parquet');
    const { problem, dataset } = await auditTree(tree, withEvents(tree));
    expect(problem('A', 'f')?.status).toBe('missing');
    expect(dataset('A').stale).toEqual(['A/Smearing_up/f_Events_0-10.parquet']);
  });

  it('beside nominal are variations where they hold chunks, or nothing, or are named so', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    tree.chunk('A/nominal/f_Events_0-10.parquet');
    tree.file('A/plots/pt.png', 'x');
    expect((await auditTree(tree, withEvents(tree))).status).toBe(0);
    tree.folder('A/Material_down');
    expect((await auditTree(tree, withEvents(tree))).problem('A', 'f')?.reason).toContain(
      'Material_down'
    );
  });

  it('are compared by size for .root and .txt outputs', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    tree.input('A', 'g', 10);
    tree.file('A/nominal/f_Events_0-10.root', 'root');
    tree.file('A/nominal/g_Events_0-10.txt', '');
    const { dataset } = await auditTree(tree, withEvents(tree));
    expect(dataset('A').files).toMatchObject({ complete: 1, truncated: 1 });
  });
});

describe('options', () => {
  it('--limit takes the first files, and chunks of the others are not foreign', async () => {
    const tree = new Tree();
    ['f', 'g', 'h'].forEach(stem => tree.input('A', stem, 10));
    tree.chunk('A/nominal/f_Events_0-10.parquet');
    tree.chunk('A/nominal/h_Events_0-10.parquet');
    const { dataset, missing } = await auditTree(tree, [...withEvents(tree), '--limit', '2']);
    expect(dataset('A').files).toMatchObject({ complete: 1, missing: 1 });
    expect(dataset('A').foreign).toEqual([]);
    expect(missing['A']).toHaveLength(1);
  });

  it.each([
    [['--chunk', '0'], '--chunk'],
    [['--chunk', 'x'], '--chunk'],
    [['--limit', '-1'], '--limit'],
    [['--timeout', '0'], '--timeout'],
    [['--verify', '--names-only'], 'exclude each other'],
    [['--count', '--events', 'e.json'], 'exclude each other'],
    [['--variations', 'some'], 'all or nominal'],
    [['--convention', 'Both'], 'DAS or Legacy'],
    [['--nonsense'], '--nonsense']
  ])('%j is refused with one line and status 2', async (argv, word) => {
    const tree = new Tree().save();
    const said = await runAuditCommand([
      '-j',
      tree.samplesJson,
      '-s',
      tree.source,
      '-c',
      'DAS',
      ...argv
    ]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain(word);
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
    expect(said.stdout).toBe('');
  });

  it('--verify opens again what the default believes', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    const path = tree.chunk('A/nominal/f_Events_0-10.parquet');
    const when = new Date('2026-01-01');
    utimesSync(path, when, when);
    const cache = mkdtempSync(join(tmpdir(), 'hepbatch-cache-'));
    const env = { XDG_CACHE_HOME: cache };
    expect((await auditTree(tree, withEvents(tree), env)).status).toBe(0);
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.length - 4);
    writeFileSync(path, bytes);
    utimesSync(path, when, when);
    expect((await auditTree(tree, withEvents(tree), env)).status).toBe(0);
    const argv = [...withEvents(tree), '--verify'];
    expect((await auditTree(tree, argv, env)).dataset('A').files.truncated).toBe(1);
    // What was found broken is not believed the next time.
    expect((await auditTree(tree, withEvents(tree), env)).dataset('A').files.truncated).toBe(1);
  });
});

describe('outputs', () => {
  it('are replaced whole, and nothing else is left beside them', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    const before = (await auditTree(tree, withEvents(tree))).missing;
    expect(before).toEqual(tree.samples);
    tree.chunk('A/nominal/f_Events_0-10.parquet');
    expect((await auditTree(tree, withEvents(tree))).missing).toEqual({});
    expect(readdirSync(tree.root).sort()).toEqual(
      ['events.json', 'missing.json', 'out', 'report.json', 'samples.json'].sort()
    );
  });

  it('stay as they are where nothing could be answered', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    await auditTree(tree, withEvents(tree));
    const argv = ['--dasgoclient', join(tree.root, 'absent')];
    const again = await auditTree(tree, argv);
    expect(again.status).toBe(2);
    expect(again.missing).toEqual(tree.samples);
    expect(again.dataset('A').unknown).toBeNull();
    expect(again.stderr).toContain('A is unknown');
  });

  it('never replace what the audit reads', async () => {
    const tree = new Tree().save();
    const argv = ['-j', tree.samplesJson, '-s', tree.source, '-c', 'DAS', '-o', tree.samplesJson];
    const { status, stderr } = await runAuditCommand(argv);
    expect(status).toBe(2);
    expect(stderr).toContain('would be replaced');
    expect(readFileSync(tree.samplesJson, 'utf8')).toBe('{}');
  });

  it('say the next step to a person, and have no escape sequences for a program', async () => {
    const tree = new Tree();
    tree.input('A', 'f', 10);
    tree.samples['Empty'] = [];
    tree.save();
    const argv = ['-j', tree.samplesJson, '-s', tree.source, '-c', 'DAS'];
    const piped = await runAuditCommand(argv);
    expect(piped.stdout).toContain('1 file to resubmit: --output FILE writes them');
    expect(piped.stdout + piped.stderr).not.toContain('\u001b');
    expect(piped.stderr).toContain('warning: Empty has no input file');
    const shown = await runAuditCommand(argv, { isTTY: true });
    expect(shown.stdout).toContain('░');
  });
});
