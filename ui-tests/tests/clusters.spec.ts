import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import { card, end, execute, SLOW, start } from './clusters';
import { hepbatch, openSidebar, reload } from './lab';

test.use({ autoGoto: false });
// Dask starts slowly where others work, too.
test.describe.configure({ timeout: 180_000 });

// One that a failed test has left would keep connections open for the tests that follow.
test.afterEach(() => {
  ['mine', 'dragged'].forEach(name => hepbatch('clusters', 'stop', name));
});

/** Opens a new notebook whose kernel is ready. */
async function newNotebook(page: IJupyterLabPageFixture, name: string): Promise<void> {
  await page.notebook.createNew(name);
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible(SLOW);
}

/** Runs code in a new cell, and waits until it printed something. */
async function runCell(page: IJupyterLabPageFixture, code: string, words: string): Promise<void> {
  await page.evaluate(() => window.jupyterapp.commands.execute('notebook:insert-cell-below'));
  const cell = page.locator('.jp-NotebookPanel:visible .jp-mod-active.jp-CodeCell');
  await cell.getByRole('textbox').fill(code);
  await execute(page, 'notebook:run-cell');
  await expect(page.locator('.jp-OutputArea-output').filter({ hasText: words })).toBeVisible(SLOW);
}

test.beforeEach(async ({ page }) => {
  await page.goto();
});

test('a person starts a cluster, computes on it, finds it again, and ends it', async ({ page }) => {
  const made = await start(page, 'mine');
  await made.getByRole('button', { name: 'Scale…' }).click();
  await page.getByRole('dialog').getByLabel('Workers').fill('2');
  await page.keyboard.press('Enter');
  await expect(made.getByText('2 workers', { exact: true })).toBeVisible(SLOW);

  await newNotebook(page, 'computes.ipynb');
  await made.getByRole('button', { name: 'Insert client code' }).click();
  const cell = page.locator('.jp-Notebook .jp-CodeCell').first();
  await expect(cell).toContainText('hepbatch.client("mine")');
  await execute(page, 'notebook:run-cell');
  await expect(made.getByText(/1 client/)).toBeVisible(SLOW);
  await runCell(page, 'print(sum(client.gather(client.map(lambda x: x * x, range(10)))))', '285');
  await page.notebook.save();

  await made.getByRole('button', { name: 'More actions for mine' }).click();
  await page.getByRole('menuitem', { name: 'Logs' }).click();
  const logs = page.locator('.jp-hepbatch-Logs');
  await expect(logs.locator('pre')).toContainText('Register worker', SLOW);
  await logs.getByRole('searchbox').fill('Receive client connection');
  await logs.getByRole('list', { name: 'Lines found' }).getByRole('button').first().click();
  await expect(logs.locator('pre')).toContainText('Receive client connection', SLOW);
  await made.getByRole('button', { name: 'More actions for mine' }).click();
  await page.getByRole('menuitem', { name: 'Workers and Jobs' }).click();
  const workers = page.getByRole('grid', { name: 'Workers' });
  await expect(workers.getByRole('row')).toHaveCount(3, SLOW);

  // JupyterLab saves its layout a moment after it has changed.
  await page.waitForTimeout(2000);
  await reload(page);
  await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  const again = card(await openSidebar(page), 'mine');
  await expect(again.getByText('2 workers', { exact: true })).toBeVisible(SLOW);
  await expect(
    page.locator('.jp-hepbatch-Logs, .jp-hepbatch-ClusterDetails').first()
  ).toBeAttached();

  await execute(page, 'hepbatch:adapt-cluster', { id: await again.getAttribute('data-cluster') });
  await page.getByRole('dialog').getByLabel('At most').fill('3');
  await page.getByRole('dialog').getByRole('button', { name: 'Make adaptive' }).click();
  await expect(again.getByText('adaptive, 0 to 3 workers')).toBeVisible(SLOW);
  await end(page, again);
});

test('a card is dragged into a notebook', async ({ page }) => {
  const made = await start(page, 'dragged');
  await newNotebook(page, 'dropped.ipynb');
  const target = page.locator('.jp-Notebook .jp-Cell').first();
  const from = await made.getByText('dragged', { exact: true }).boundingBox();
  const to = await target.boundingBox();
  if (from === null || to === null) {
    throw new Error('card or cell is not in sight');
  }
  await page.mouse.move(from.x + 10, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + 20, { steps: 5 });
  await expect(page.locator('.jp-hepbatch-DragImage')).toBeVisible(SLOW);
  await page.mouse.move(to.x + 100, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect(page.locator('.jp-Notebook')).toContainText('hepbatch.client("dragged")');

  await end(page, made);
});

test('stops while it starts, by the palette', async ({ page }) => {
  const sidebar = await openSidebar(page);
  await execute(page, 'hepbatch:new-cluster', { connection: 'dask-local' });
  const form = page.getByRole('form', { name: 'New cluster' });
  await expect(form.getByRole('radio').first()).toBeChecked(SLOW);
  await form.getByLabel('Name').fill('early');
  await page.keyboard.press('Enter');
  const made = card(sidebar, 'early');
  await made.getByRole('button', { name: 'Stop' }).click(SLOW);
  await expect(made.getByText('stopped', { exact: true })).toBeVisible(SLOW);
  await execute(page, 'hepbatch:remove-cluster');
  await page.getByRole('dialog').getByRole('combobox').selectOption({ index: 0 });
  await page.keyboard.press('Enter');
  await expect(made).toBeHidden();
});
