/** The naming convention of real folders and runner JSONs of a submission. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalHost } from '../../../connections/hosts/local';
import { conventionOf } from '../convention';

const UUID = '0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convention-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ask(
  files: readonly string[],
  runner: object | null,
  words: readonly string[] = [],
  output = folder
) {
  const runnerJson = join(folder, 'AN-GJet-0.json');
  if (runner !== null) {
    writeFileSync(runnerJson, JSON.stringify(runner));
  }
  const job = { proc: 0, number: 0, dataset: 'GJet', files, samplesJson: '', runnerJson };
  const cluster = {
    ...{ name: 'AN-GJet', dataset: 'GJet', submitFile: '', wrapper: '', argv: [], jobs: [job] },
    ...{ record: '', log: null, output: '', error: '' }
  };
  const plan = {
    scheduler: 'local',
    jobsFolder: folder,
    spool: false,
    clusters: [cluster]
  } as const;
  const host = new LocalHost({ env: process.env, home: folder });
  return conventionOf(host, { plan, output, arguments: words });
}

function chunk(name: string): void {
  mkdirSync(join(folder, 'GJet/nominal'), { recursive: true });
  writeFileSync(join(folder, 'GJet/nominal', name), '');
}

it.each([
  [`${UUID}_Events_0-10.parquet`, ['/x/nano_1.root'], 'Legacy'],
  ['nano_1_Events_0-10.parquet', ['/x/nano_1.root'], 'DAS'],
  ['_nano_1_Events_0-10.parquet', ['/x/nano_1.root'], 'DAS'],
  // A file of CMS is often named by a UUID itself.
  [`${UUID}_Events_0-10.parquet`, [`root://x//store/mc/${UUID}.root`], 'DAS']
])('is what lies on the disk: %s of %j is %s', async (name, files, convention) => {
  chunk(name);
  chunk('merged.parquet');
  const other = convention === 'DAS' ? 'Legacy' : 'DAS';
  expect(await ask(files, { name_convention: other })).toBe(convention);
});

it('is what an argument or the runner JSON says, where nothing lies there yet', async () => {
  const files = ['/x/nano_1.root'];
  expect(await ask(files, { workflow: 'base', name_convention: 'Legacy' })).toBe('Legacy');
  expect(await ask(files, { convention: 'Legacy' }, ['--name-convention', 'DAS'])).toBe('DAS');
  expect(await ask(files, {}, ['--convention=Legacy'])).toBe('Legacy');
  expect(await ask(files, {}, ['--name-convention'])).toBe('DAS');
  expect(await ask(files, { name_convention: ['odd'] })).toBe('DAS');
});

it('is DAS where nobody says it', async () => {
  const files = ['/x/nano_1.root'];
  chunk('merged.parquet');
  expect(await ask(files, { workflow: 'base' })).toBe('DAS');
  rmSync(join(folder, 'AN-GJet-0.json'));
  expect(await ask(files, null)).toBe('DAS');
  expect(await ask(files, null, [], 'root://eos.example//out')).toBe('DAS');
});
