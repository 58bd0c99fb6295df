import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { work } from './analysis';
import { openSidebar, reload } from './lab';

test.use({ autoGoto: false });

/** An analysis whose program writes a chunk for each file, and fails where a file is named bad. */
function analysis(name: string) {
  const root = join(work(), name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'out'), { recursive: true });
  const files = (dataset: string, stems: string[]) =>
    stems.map(stem => {
      const file = join(root, `${dataset}_${stem}.root`);
      writeFileSync(file, 'x');
      return file;
    });
  const samples = { GJet: files('GJet', ['a', 'b', 'c']), Data: files('Data', ['d', 'bad']) };
  writeFileSync(join(root, 'samples.json'), JSON.stringify(samples));
  const runner = { samplejson: join(root, 'samples.json'), workflow: 'tagandprobe' };
  writeFileSync(join(root, 'myanalysis.json'), JSON.stringify(runner));
  const program = join(root, 'run_analysis.py');
  writeFileSync(
    program,
    `#!/usr/bin/env python3
import json, os, sys
args = sys.argv[1:]
value = lambda name: args[args.index(name) + 1]
runner = json.load(open(value("--json-analysis")))
for dataset, files in json.load(open(runner["samplejson"])).items():
    for file in files:
        stem = os.path.basename(file).removesuffix(".root")
        if stem.endswith("bad") and not os.path.exists(os.path.join("${root}", "mended")):
            raise ModuleNotFoundError("No module named 'coffea'")
        folder = os.path.join(value("--dump"), dataset, "nominal")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{stem}_Events_0-100.parquet"), "wb") as out:
            out.write(b"PAR1\\0\\1\\0\\0\\0PAR1")
`
  );
  chmodSync(program, 0o755);
  return {
    root,
    program,
    runner: join(root, 'myanalysis.json'),
    output: join(root, 'out'),
    mend: () => writeFileSync(join(root, 'mended'), '')
  };
}

async function fill(form: Locator, values: ReturnType<typeof analysis>): Promise<void> {
  await form.getByRole('textbox', { name: 'Runner JSON' }).fill(values.runner);
  await form.getByRole('textbox', { name: 'Output folder' }).fill(values.output);
  await form.getByRole('textbox', { name: 'Arguments' }).fill("--triggerGroup '.*EGamma.*2018.*'");
  await form.getByText('Advanced').click();
  await form
    .getByRole('textbox', { name: 'Program' })
    .fill(`/usr/bin/env python3 ${values.program}`);
  await form.getByRole('textbox', { name: 'Folder', exact: true }).fill(values.root);
  await form.getByRole('textbox', { name: 'Retries' }).fill('0');
}

async function openForm(page: IJupyterLabPageFixture): Promise<Locator> {
  const sidebar = await openSidebar(page);
  await sidebar.getByRole('button', { name: 'New submission…' }).first().click();
  const form = page.getByRole('form', { name: 'New submission' });
  await expect(form).toBeVisible();
  await form.getByLabel('Connection', { exact: true }).selectOption('vanilla-local');
  return form;
}

test.beforeEach(async ({ page }) => {
  await page.goto();
});

test('a person previews, submits, sees what failed, audits, and submits what is missing', async ({
  page
}) => {
  test.setTimeout(240_000);
  const values = analysis('submission');
  const form = await openForm(page);
  await fill(form, values);

  const words = form.getByRole('list', { name: 'Words of Arguments' });
  await expect(words.getByRole('listitem')).toHaveText(['--triggerGroup', '.*EGamma.*2018.*']);
  const counted = form.locator('.jp-hepbatch-Toggle').getByRole('status');
  await expect(counted).toHaveText('2 clusters: 5 jobs of 2 samples', { timeout: 30_000 });
  const toggle = form.getByRole('checkbox', { name: 'cluster_per_sample' });
  await toggle.uncheck();
  await expect(counted).toHaveText('5 clusters: 5 jobs of 2 samples', { timeout: 30_000 });
  await toggle.check();

  await form.getByRole('button', { name: 'Preview' }).click();
  const preview = form.getByRole('region', { name: 'Preview' });
  await expect(preview.getByText('Preview: 5 jobs in 2 clusters')).toBeVisible({ timeout: 30_000 });
  await preview.getByText('jobs/AN-GJet.sh', { exact: true }).click();
  await expect(preview.locator('pre').first()).toContainText('run_analysis.py');

  await form.getByRole('button', { name: 'Submit…' }).click();
  await expect(page.getByRole('dialog')).toContainText('Submit 5 jobs in 2 clusters?');
  await page.getByRole('button', { name: 'Submit 5 jobs' }).click();

  const monitor = page.locator('.jp-hepbatch-Monitor:visible');
  await expect(monitor.getByRole('status').first()).toContainText('5 of 5 jobs ended', {
    timeout: 90_000
  });
  await expect(monitor.getByRole('img', { name: '1 failed, 4 succeeded' })).toBeVisible();
  const reasons = monitor.getByRole('region', { name: 'Reasons' });
  await expect(reasons).toContainText('1 job: ModuleNotFoundError');
  await reasons.getByRole('button', { name: 'Look at one' }).click();
  const job = monitor.getByRole('region', { name: 'Job' });
  await expect(job.locator('pre')).toContainText("No module named 'coffea'");
  await job.getByRole('tab', { name: 'Input JSON' }).click();
  await expect(job.locator('pre')).toContainText('Data_bad.root');
  await expect(monitor.getByRole('grid', { name: 'Jobs' })).toHaveAttribute('aria-rowcount', '2');
  await monitor.getByText('Wall time and memory').click();
  await expect(monitor.locator('.u-wrap').first()).toBeVisible();

  const sidebar = await openSidebar(page);
  const card = sidebar.locator('.jp-hepbatch-Submission').first();
  await expect(card).toContainText('1 failed, 4 succeeded');
  await expect(card).toContainText('ModuleNotFoundError');

  await monitor.getByRole('button', { name: 'Audit this submission…' }).click();
  const audit = page.getByRole('form', { name: 'New audit' });
  await expect(audit.getByRole('textbox', { name: 'Output folder' })).toHaveValue(values.output);
  await audit.getByLabel('Expected events').selectOption('none');
  await audit.getByRole('button', { name: 'Start audit' }).click();
  const report = page.locator('.jp-hepbatch-Report:visible');
  await expect(report.getByText('1 of 5 files to process again')).toBeVisible({ timeout: 30_000 });

  values.mend();
  await report.getByRole('button', { name: 'Submit missing…' }).click();
  const missing = page.getByRole('form', { name: 'Submit what is missing' });
  const recounted = missing.locator('.jp-hepbatch-Toggle').getByRole('status');
  await expect(recounted).toHaveText('1 cluster: 1 job of 1 sample', { timeout: 30_000 });
  await missing.getByRole('button', { name: 'Submit…' }).click();
  await page.getByRole('button', { name: 'Submit 1 job' }).click();
  const child = page.locator('.jp-hepbatch-Monitor:visible');
  await expect(child.getByText('Runs what was missing of')).toBeVisible();
  await expect(child.getByRole('img', { name: '1 succeeded' }).first()).toBeVisible({
    timeout: 90_000
  });
});

test('failed jobs are retried after a question, and a reload brings the monitor back', async ({
  page
}) => {
  test.setTimeout(180_000);
  const values = analysis('retry');
  const form = await openForm(page);
  await fill(form, values);
  await form.getByRole('button', { name: 'Submit…' }).click();
  await page.getByRole('button', { name: 'Submit 5 jobs' }).click({ timeout: 30_000 });
  const monitor = page.locator('.jp-hepbatch-Monitor:visible');
  await expect(monitor.getByRole('img', { name: '1 failed, 4 succeeded' })).toBeVisible({
    timeout: 90_000
  });
  values.mend();
  await monitor.getByRole('button', { name: 'Retry 1 job…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Retry 1 job: 0 held are released, 1 are submitted again');
  await dialog.getByLabel('Memory of each job in MB').fill('3000');
  await dialog.getByRole('button', { name: 'Retry 1 job' }).click();
  const child = page.locator('.jp-hepbatch-Monitor:visible');
  await expect(child.getByText('Runs what was missing of')).toBeVisible({ timeout: 30_000 });
  await expect(child.getByRole('img', { name: '1 succeeded' }).first()).toBeVisible({
    timeout: 90_000
  });

  await page.waitForTimeout(2000); // Lab saves its layout a moment after the last change
  await reload(page);
  await expect(page.getByText('Runs what was missing of')).toBeVisible({ timeout: 30_000 });
});
