/** A performance report of the time between two clicks. */
import { expect, test } from '@jupyterlab/galata';
import { hepbatch, openSidebar, reload } from './lab';

test.use({ autoGoto: false });
test.describe.configure({ timeout: 240_000 });

const SLOW = { timeout: 90_000 };

test.afterEach(() => {
  hepbatch('clusters', 'stop', 'reported');
  hepbatch('clusters', 'remove', 'reported');
});

test('two clicks make a page of Bokeh, and nothing is overwritten unasked', async ({
  page,
  tmpPath
}) => {
  const began = hepbatch(
    ...['clusters', 'start', 'dask-local', '--name', 'reported'],
    ...['--workers', '1', '--memory', '400MB']
  );
  expect(began.status, began.stderr.toString()).toBe(0);
  await page.goto();
  const sidebar = await openSidebar(page);
  const made = sidebar.getByRole('listitem', { name: 'reported', exact: true });
  await expect(made.getByText('1 worker', { exact: true })).toBeVisible(SLOW);
  const more = made.getByRole('button', { name: 'More actions for reported' });
  const save = made.getByRole('button', { name: 'Save performance report…' });
  const dialog = page.getByRole('dialog');
  const path = dialog.getByLabel('File, in the file browser');

  await more.click();
  await expect(page.getByRole('menuitem', { name: 'Save Performance Report' })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Start Performance Report' }).click();
  await expect(made.getByText(/^A performance report is recorded, for/)).toBeVisible(SLOW);

  // What is not saved goes on being recorded, also over a reload.
  await save.click();
  await expect(path).toHaveValue(/dask-report-reported-\d{8}_\d{6}\.html$/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await reload(page);
  await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  await openSidebar(page);

  await save.click(SLOW);
  const file = `${tmpPath}/report.html`;
  await path.fill(file);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`The performance report was saved as ${file}.`)).toBeVisible(SLOW);
  await expect(save).toBeHidden(SLOW);
  const read = () =>
    page.evaluate(
      async path => String((await window.jupyterapp.serviceManager.contents.get(path)).content),
      file
    );
  const html = await read();
  expect(html).toContain('Dask Performance Report');
  expect(html).toContain('Bokeh');

  await more.click();
  await page.getByRole('menuitem', { name: 'Start Performance Report' }).click();
  await save.click(SLOW);
  await path.fill(file);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Overwrite report.html?')).toBeVisible(SLOW);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(path).toHaveValue(file);
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(save).toBeHidden(SLOW);
  expect(await read()).toBe(html);
});
