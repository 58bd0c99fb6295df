import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { largeAnalysis, smallAnalysis, work } from './analysis';
import { openSidebar, reload } from './lab';

test.use({ autoGoto: false });

/** Starts an audit as a command, and waits for its report. */
async function runAudit(page: IJupyterLabPageFixture, request: object): Promise<Locator> {
  await page.evaluate(
    args => window.jupyterapp.commands.execute('hepbatch:run-audit', args as never),
    request
  );
  const report = page.locator('.jp-hepbatch-Report:visible').last();
  await expect(report).toBeVisible();
  return report;
}

test.beforeEach(async ({ page }) => {
  await page.goto();
});

test('a person audits a samples JSON with the form, and downloads what to resubmit', async ({
  page
}) => {
  const analysis = smallAnalysis('form');
  const sidebar = await openSidebar(page);
  await sidebar.getByRole('button', { name: 'New audit…' }).first().click();
  const form = page.getByRole('form', { name: 'New audit' });
  await form.getByRole('button', { name: 'Start audit' }).click();
  await expect(form.getByRole('alert').filter({ hasText: /\S/ }).first()).toBeVisible();
  await form.getByRole('textbox', { name: 'Samples JSON' }).fill('form/samples.json');
  await form.getByRole('textbox', { name: 'Output folder' }).fill(analysis.source);
  await form.getByLabel('Expected events').selectOption('events');
  await form.getByRole('textbox', { name: 'Events file' }).fill(analysis.events);
  await form.getByRole('button', { name: 'Start audit' }).click();

  const report = page.locator('.jp-hepbatch-Report:visible');
  await expect(report.getByText('3 of 5 files to process again')).toBeVisible();
  const datasets = report.getByRole('grid', { name: 'Datasets' });
  await expect(datasets.getByText('Data <b>x</b>')).toBeInViewport();
  const files = report.getByRole('grid', { name: 'Input files' });
  for (const words of ['50-100', 'no parquet footer', 'no chunk in nominal']) {
    await expect(files.getByText(words).first()).toBeVisible();
  }
  const downloading = page.waitForEvent('download');
  await report.getByRole('button', { name: 'Export resubmission JSON' }).click();
  const download = await downloading;
  expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(analysis.missing);
});

test('the report filters, shows the chunks of a file, saves beside the JSON, and tells what changed', async ({
  page
}) => {
  const analysis = smallAnalysis('report');
  const { samplesJson, source, events } = analysis;
  const request = { samplesJson, source, convention: 'DAS', expected: 'events', events };
  const report = await runAudit(page, request);
  await report.getByRole('button', { name: /^truncated/ }).click();
  const files = report.getByRole('grid', { name: 'Input files' });
  await expect(files.getByRole('row')).toHaveCount(2);
  await files.getByText('no parquet footer').click();
  const detail = report.getByRole('region', { name: 'The selected file' });
  await expect(detail.locator('code', { hasText: 'c_Events_0-100.parquet' })).toBeVisible();
  await expect(detail.getByText('truncated').first()).toBeVisible();
  await report.getByRole('tab', { name: /Foreign/ }).click();
  await expect(report.getByText('merged.parquet')).toBeVisible();

  const save = async () => {
    await report.getByRole('button', { name: 'More ways to export' }).click();
    await page
      .getByRole('menuitem', { name: /Save beside the samples JSON/ })
      .first()
      .click();
  };
  await save();
  await expect(page.getByText(/saved as/)).toBeVisible();
  const saved = join(analysis.root, 'samples_missing.json');
  expect(JSON.parse(readFileSync(saved, 'utf8'))).toEqual(analysis.missing);
  writeFileSync(saved, '{"precious": []}');
  await save();
  await page.getByRole('button', { name: 'Keep it' }).click();
  expect(readFileSync(saved, 'utf8')).toBe('{"precious": []}');

  analysis.chunk('GJet/nominal/d_Events_0-100.parquet');
  await report.getByRole('button', { name: 'Run again' }).click();
  await expect(page.getByText('Since last time: 1 mended')).toBeVisible();
});

test('a context menu starts from the file browser, and a reload brings the report back', async ({
  page
}) => {
  const { samplesJson, source } = smallAnalysis('menu');
  await page.filebrowser.openDirectory('menu');
  await page.getByRole('listitem', { name: /samples\.json/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Audit with This Samples JSON/ }).click();
  const form = page.getByRole('form', { name: 'New audit' });
  await expect(form.getByRole('textbox', { name: 'Samples JSON' })).toHaveValue(samplesJson);
  await form.getByRole('textbox', { name: 'Output folder' }).fill(source);
  await form.getByLabel('Expected events').selectOption('none');
  await form.getByRole('button', { name: 'Start audit' }).click();
  const answer = page.getByText(/files to process again/);
  await expect(answer).toBeVisible();
  await page.waitForTimeout(1500); // Lab saves its layout a second after the last change
  await reload(page);
  await expect(page.getByText(/files to process again/)).toBeVisible();
});

test('200,000 files stay smooth, and the last row can be reached', async ({ page }) => {
  test.slow();
  const analysis = largeAnalysis('large');
  const { samplesJson, source } = analysis;
  const report = await runAudit(page, { samplesJson, source, convention: 'DAS', expected: 'none' });
  await expect(report.getByText('198,000 of 200,000 files to process again')).toBeVisible({
    timeout: 60_000
  });
  await expect(report.getByRole('button', { name: 'Export resubmission JSON' })).toBeEnabled({
    timeout: 60_000
  });
  const files = report.getByRole('grid', { name: 'Input files' });
  expect(await files.getByRole('row').count()).toBeLessThan(100);
  await files.focus();
  await page.keyboard.press('End');
  await expect(files.getByText('f19-9999.root')).toBeInViewport();
  // Rows are recycled: a scroll through all of it holds up no frame for long.
  const longest = await files.evaluate(async grid => {
    const scroller = [grid, ...grid.querySelectorAll('*')].find(
      node => node.scrollHeight > node.clientHeight + 1000
    );
    let longest = 0;
    let last = performance.now();
    for (let step = 0; step <= 60; step += 1) {
      scroller?.scrollTo({ top: (scroller.scrollHeight * step) / 60 });
      await new Promise(requestAnimationFrame);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    return longest;
  });
  expect(longest).toBeLessThan(1000);
  const downloading = page.waitForEvent('download');
  await report.getByRole('button', { name: 'Export resubmission JSON' }).click();
  const missing = JSON.parse(readFileSync(await (await downloading).path(), 'utf8')) as Record<
    string,
    string[]
  >;
  expect(Object.values(missing).flat()).toHaveLength(198_000);
  expect(missing['Sample_7']).toEqual(analysis.samples['Sample_7']?.slice(100));
});

test('an agent that is killed while it audits is started again, and the audit ends', async ({
  page,
  request
}) => {
  const { samplesJson, source } = smallAnalysis('killed');
  // A client that takes its time: the audit is under way when its agent dies.
  const client = join(work(), 'killed', 'dasgoclient');
  writeFileSync(client, '#!/bin/sh\nsleep 4\necho "ERROR: das exit with code: 2"\n', {
    mode: 0o755
  });
  const sidebar = await openSidebar(page);
  await runAudit(page, {
    samplesJson,
    source,
    convention: 'DAS',
    expected: 'das',
    dasgoclient: client
  });
  const agent = async () =>
    (await (await request.get('/hepbatch/api/agent')).json()) as { pid: number };
  const { pid } = await agent();
  process.kill(pid, 'SIGKILL');
  await expect(page.getByText(/agent was lost/i)).toBeVisible();
  await expect(page.getByText(/2 datasets could not be answered/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/agent was lost/i)).toBeHidden();
  expect((await agent()).pid).not.toBe(pid);
  await expect(page.getByText('it was begun again')).toBeVisible();
  await expect(sidebar.getByText('killed').first()).toBeVisible();
});

test('a cell shows the same report, live', async ({ page }) => {
  const analysis = smallAnalysis('cell');
  await page.notebook.createNew('audit.ipynb');
  const call = `import hepbatch\naudit = hepbatch.audit(${JSON.stringify(analysis.samplesJson)}, ${JSON.stringify(
    analysis.source
  )}, events=${JSON.stringify(analysis.events)})\naudit`;
  await page.notebook.setCell(0, 'code', call);
  await page.notebook.run();
  const cell = page.locator('.jp-OutputArea-output .jp-hepbatch-Report');
  await expect(cell.getByText('3 of 5 files to process again')).toBeVisible({ timeout: 30_000 });
  await expect(cell.getByRole('grid', { name: 'Input files' }).getByText('50-100')).toBeVisible();
  await page.notebook.addCell(
    'code',
    'print(sorted(audit.missing["GJet"])[0][-6:], len(audit.missing["GJet"]))'
  );
  await page.notebook.runCell(1);
  await expect(page.locator('.jp-OutputArea-output', { hasText: 'b.root 3' })).toBeVisible();
});

test('without Node JupyterLab loads, and the sidebar says what to do', async ({
  page,
  baseURL
}) => {
  const port = Number(new URL(baseURL ?? '').port) + 1;
  await page.context().newPage();
  const bare = await page.context().newPage();
  await bare.goto(`http://127.0.0.1:${port}/lab`);
  await bare.getByRole('tab', { name: /hepbatch/ }).click();
  await expect(bare.getByText('hepbatch cannot work here yet')).toBeVisible();
  await expect(bare.getByText(/HEPBATCH_NODE/).first()).toBeVisible();
  await expect(bare.getByRole('button', { name: 'Try again' })).toBeVisible();
  await bare.close();
});
