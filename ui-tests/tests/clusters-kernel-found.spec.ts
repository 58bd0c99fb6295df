/** Clusters that a notebook or a console starts by itself are found, and go with its kernel. */
import { expect, test } from '@jupyterlab/galata';
import { openSidebar } from './lab';

// Galata's own kernels are never listed.
test.use({ autoGoto: false, kernels: null, sessions: null });
test.describe.configure({ timeout: 240_000 });

const SLOW = { timeout: 90_000 };

test('the cluster of a notebook gets a card, which goes with its kernel', async ({ page }, {
  repeatEachIndex
}) => {
  await page.goto();
  const sidebar = await openSidebar(page);
  await expect(sidebar.getByRole('button', { name: 'Look for clusters again' })).toBeVisible(SLOW);
  await page.notebook.createNew(`found-${repeatEachIndex}.ipynb`);
  const start = [
    'from distributed import LocalCluster',
    'own = LocalCluster(processes=False, n_workers=1, dashboard_address="127.0.0.1:0")'
  ];
  await page.notebook.setCell(0, 'code', start.join('\n'));
  await page.notebook.runCell(0);

  const card = sidebar.getByRole('listitem').filter({ hasText: 'of a kernel' });
  await expect(card).toHaveCount(1, SLOW);
  await expect(card.getByText('1 worker', { exact: true })).toBeVisible(SLOW);
  await card.getByRole('button', { name: /^Dashboard/ }).click();
  const panel = page.locator('[id^="hepbatch-dashboard-"]').last();
  await expect(panel.frameLocator('iframe').locator('canvas').first()).toBeVisible(SLOW);

  await page.evaluate(() => window.jupyterapp.serviceManager.sessions.shutdownAll());
  await expect(card).toHaveCount(0, SLOW);
});

test('the cluster of a console gets a card by itself, as soon as somebody looks', async ({
  page
}) => {
  await page.goto();
  const sidebar = await openSidebar(page);
  await expect(sidebar.getByRole('button', { name: 'Look for clusters again' })).toBeVisible(SLOW);
  await page.evaluate(async () => {
    const kernelPreference = { name: 'python3' };
    await window.jupyterapp.commands.execute('console:create', { kernelPreference }); // a widget
  });
  const prompt = page.locator('.jp-CodeConsole-input .cm-content');
  const run = async (code: string) => {
    await prompt.fill(code);
    await page.keyboard.press('Shift+Enter');
  };
  // What is typed before the kernel is there is lost.
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible(SLOW);
  const shown = page.locator('.jp-CodeConsole-content');

  // Nobody sees the cards while this is made.
  await page.getByRole('tab', { name: /hepbatch/ }).click();
  await expect(sidebar).toBeHidden();
  const make = 'LocalCluster(processes=False, n_workers=1, dashboard_address="127.0.0.1:0")';
  await run(`from distributed import LocalCluster; own = ${make}; print("made" * 2)`);
  await expect(shown).toContainText('mademade', SLOW);
  await openSidebar(page);
  const card = sidebar.getByRole('listitem').filter({ hasText: 'of a kernel' });
  await expect(card).toHaveCount(1, SLOW);
  await expect(card.getByText('1 worker', { exact: true })).toBeVisible(SLOW);

  // And seen, it goes without a click.
  await run('own.close()');
  await expect(card).toHaveCount(0, SLOW);
  await page.evaluate(() => window.jupyterapp.serviceManager.sessions.shutdownAll());
});
