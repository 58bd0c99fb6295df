/** What `hepbatch submit` shows and refuses, spawned as users have it, with a real agent. */
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SubmissionPreview } from '../../contract';
import { ClustersUser } from './clusters-user';
import { bundleCli, start } from './program';

const TIMEOUT = { timeout: 120_000 };

let program = '';
let user: ClustersUser;
beforeAll(async () => {
  program = await bundleCli();
  user = await ClustersUser.new(program);
  const each = (value: unknown) => ({ GJet: value, 'v1.2': value });
  const runner = {
    ...{ samplejson: 'samples.json', workflow: 'base', metaconditions: 'Era2022_v1' },
    ...{ year: each(['2022postEE']), corrections: each([]), systematics: {} }
  };
  await writeFile(join(user.home, 'my.json'), JSON.stringify(runner));
  await writeFile(join(user.home, 'a b.root'), '');
  const samples = { GJet: [join(user.home, 'a b.root')], 'v1.2': [join(user.home, 'a b.root')] };
  await writeFile(join(user.home, 'samples.json'), JSON.stringify(samples));
}, 120_000);
afterAll(() => user.end());

const submit = (...args: string[]) => {
  const home = ['env', '-C', user.home, `HOME=${user.home}`, `TMPDIR=${user.home}`];
  const none = ['XDG_RUNTIME_DIR=', 'XDG_STATE_HOME=', 'XDG_CACHE_HOME=', 'JUPYTER_CONFIG_DIR='];
  return start([...home, ...none, process.execPath, program, 'submit', ...args]).ended;
};
const DRY = ['vanilla-local', '--dry-run', '--json-analysis', 'my.json'];
const dryRun = (...args: string[]) => submit(...DRY, '--program', 'true', ...args);

it('shows files and commands, and writes nothing', TIMEOUT, async () => {
  const before = await readdir(user.home);
  const { code, out, err } = await dryRun('--dump', '/out', '--', '--triggerGroup', '.*EGamma.*');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^folder {2}\/.*\/\.higgs_dna_vanilla_local\/my_\d{8}_\d{6}$/m);
  expect(out).toContain('2 input files, 2 datasets, 2 jobs, 2 clusters, 6 files to write');
  expect(out).toMatch(/^\S+\/jobs\/AN-v1_2\.sh {2}# 1 job of v1\.2$/m);
  expect(out).toContain(`--executor iterative --dump /out --triggerGroup '.*EGamma.*'`);
  expect(out).toMatch(/==> \S+\/inputs\/v1_2-0\.json <==\n\{\n {4}"v1\.2": \[\n {8}".*a b\.root"/);
  expect(
    (await readdir(user.home)).filter(name => !before.includes(name) && name !== '.local')
  ).toEqual(expect.not.arrayContaining(['.higgs_dna_vanilla_local']));
  expect(existsSync(join(user.home, '.higgs_dna_vanilla_local'))).toBe(false);
});

it('refuses a program that is not there, before anything is submitted', TIMEOUT, async () => {
  const none = join(user.home, 'none.py');
  const { code, out } = await submit(...DRY, '--program', none);
  expect(code).toBe(1);
  expect(out).toContain(`The program cannot run: ${none} is not there.`);
});

it('says as JSON what the agent says', TIMEOUT, async () => {
  const { code, out } = await dryRun('--json', '--no-cluster-per-sample', '--limit', '1');
  expect(code).toBe(0);
  const preview = SubmissionPreview.parse(JSON.parse(out));
  expect(preview.files).toHaveLength(6);
  expect(preview).toMatchObject({ backend: 'vanilla-local', problems: [], total: 6 });
  expect(preview.commands.map(({ name }) => name)).toEqual(['AN-GJet-0', 'AN-v1_2-0']);
});

it('ends with 1 where it could not be submitted so', TIMEOUT, async () => {
  const relative = await dryRun('-d', 'out');
  expect(relative.code).toBe(1);
  expect(relative.out).toMatch(/^refused: The output folder out is relative/m);
  await writeFile(join(user.home, 'gone.json'), '{"GJet": ["/not/there.root"]}');
  const gone = await dryRun('--samples', 'gone.json');
  expect(gone.code).toBe(1);
  expect(gone.out).toContain('refused: Not there: 1 input file (/not/there.root).');
});

it('says what is wrong with what was typed', TIMEOUT, async () => {
  const wrong = async (...args: string[]) => {
    const { code, out, err } = await submit(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    return err;
  };
  const analysis = ['--json-analysis', 'my.json'];
  expect(await wrong('vanilla-local', '--dry-run')).toContain('--json-analysis is missing');
  expect(await wrong('vanilla-local', 'other', ...analysis)).toContain(
    'takes the name of one connection'
  );
  expect(await wrong('--missing', 'x.json')).toContain('--missing FILE and --of NAME go together');
  expect(await wrong('vanilla-local', '--missing', 'x.json', '--of', 'y')).toContain(
    'leave them out'
  );
  expect(await wrong('vanilla-local', '--dry-run', ...analysis, '--nano-version', '12')).toContain(
    'options of the program come after --'
  );
  expect(await wrong('vanilla-local', '--dry-run', ...analysis, '-m', 'lots')).toContain(
    '--memory:'
  );
  expect(await wrong('vanilla-local', '--dry-run', ...analysis, '-q', 'workday')).toContain(
    'options.queue: vanilla-local has no such field'
  );
  expect(await wrong('dask-local', '--dry-run', ...analysis)).toContain('no plain jobs');
  expect(await wrong('vanilla-local', '--dry-run', '--json-analysis', 'no.json')).toMatch(
    /no\.json/
  );
});

it('has a help that names each option', async () => {
  const { code, out } = await submit('--help');
  expect(code).toBe(0);
  for (const option of ['--json-analysis', '-q, --queue', '-m, --memory', '-d, --dump', '--voms']) {
    expect(out).toContain(option);
  }
  expect(out).toContain('espresso 20 min');
});
