import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import { home } from './lab';

test.describe.configure({ timeout: 180_000 });

/** A program that stands for run_analysis.py: an empty input file fails its job. */
const PROGRAM = `import json, os, sys
name = json.load(open(sys.argv[sys.argv.index("--json-analysis") + 1]))["samplejson"]
(files,) = json.load(open(name)).values()
for file in files:
    if os.path.getsize(file) == 0:
        raise OSError(f"file {file} is empty")
`;

/** A folder with two datasets of three files, one of them empty. */
function analysis(): string {
  const folder = join(home(), 'cell-analysis');
  mkdirSync(join(folder, 'out'), { recursive: true });
  const files = { GJet: ['good', 'bad'], Data: ['other'] };
  const paths: Record<string, string[]> = {};
  for (const [dataset, names] of Object.entries(files)) {
    paths[dataset] = names.map(name => join(folder, `${name}.root`));
    names.forEach(name =>
      writeFileSync(join(folder, `${name}.root`), name === 'bad' ? '' : 'events')
    );
  }
  const runner = {
    ...{ samplejson: 'samples.json', workflow: 'base', metaconditions: 'Era2022_v1' },
    ...{ year: { GJet: ['2022'], Data: ['2022'] }, corrections: {}, systematics: {} }
  };
  writeFileSync(join(folder, 'my.json'), JSON.stringify(runner));
  writeFileSync(join(folder, 'samples.json'), JSON.stringify(paths));
  writeFileSync(join(folder, 'program.py'), PROGRAM);
  return folder;
}

test('jobs are previewed, submitted, watched and run again in their cell', async ({ page }) => {
  const folder = analysis();
  await page.notebook.createNew('submission.ipynb');
  await page.notebook.setCell(
    0,
    'code',
    [
      'import hepbatch, os, sys',
      `os.chdir(${JSON.stringify(folder)})`,
      'program = [sys.executable, os.path.abspath("program.py")]',
      'out = os.path.abspath("out")',
      'submission = hepbatch.Submission("my.json", "samples.json", connection="vanilla-local",',
      '                                 program=program, output=out)',
      'submission'
    ].join('\n')
  );
  await page.notebook.run();
  const cell = page.locator('.jp-hepbatch-SubmissionCell');
  const status = cell.getByRole('status');
  await expect(status).toHaveText(/New submission\s*not submitted\s*on vanilla-local/, {
    timeout: 60_000
  });

  await cell.getByRole('button', { name: 'Preview' }).click();
  const preview = cell.getByRole('region', { name: 'What would be written and run' });
  await expect(preview).toContainText('3 input files, 3 jobs, 2 clusters', { timeout: 30_000 });
  await cell.getByRole('checkbox', { name: /cluster_per_sample/ }).uncheck();
  await expect(preview).toHaveCount(0);
  await cell.getByRole('button', { name: 'Preview' }).click();
  await expect(preview).toContainText('3 input files, 3 jobs, 3 clusters', { timeout: 30_000 });
  await preview.getByText('GJet-1.json', { exact: true }).click();
  await expect(preview.getByLabel(/\/GJet-1\.json$/)).toContainText('bad.root');

  await cell.getByRole('button', { name: 'Submit' }).click();
  await expect(status).toHaveText(/my_\d{8}_\d{6}\s*done\s*3 jobs on vanilla-local/, {
    timeout: 90_000
  });
  await expect(cell.getByRole('img', { name: 'GJet: 1 failed, 1 succeeded' })).toBeVisible();
  await expect(cell.getByRole('img', { name: 'Data: 1 succeeded' })).toBeVisible();
  await expect(cell).toContainText(/1 failed: OSError: file .*bad\.root is empty/);

  writeFileSync(join(folder, 'bad.root'), 'events');
  await cell.getByRole('button', { name: 'Retry 1 job' }).click();
  await expect(cell).toContainText('What failed runs again: hepbatch.submissions()["my_', {
    timeout: 30_000
  });

  // What the cell submitted is what Python holds.
  await page.notebook.addCell(
    'code',
    'child = next(iter(hepbatch.submissions()))\nprint(submission.counts, child.wait(60).counts)'
  );
  await page.notebook.runCell(1);
  await expect(
    page
      .locator('.jp-OutputArea-output')
      .filter({ hasText: "{'failed': 1, 'succeeded': 2} {'succeeded': 1}" })
      .or(
        page
          .locator('.jp-OutputArea-output')
          .filter({ hasText: "{'succeeded': 2, 'failed': 1} {'succeeded': 1}" })
      )
  ).toBeVisible({ timeout: 60_000 });
});
