/** New kernels get a client of the chosen cluster. */
import { expect, test } from '@jupyterlab/galata';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { hepbatch, openSidebar } from './lab';

// Galata's own kernels cannot be restarted.
test.use({ autoGoto: false, kernels: null, sessions: null });
test.describe.configure({ timeout: 240_000 });

const SLOW = { timeout: 90_000 };
const NAME = 'for-kernels';

test.beforeAll(() => {
  hepbatch(
    ...['clusters', 'start', 'dask-local', '--name', NAME],
    ...['--workers', '1', '--memory', '400MB']
  );
});

test.afterAll(() => {
  hepbatch('clusters', 'stop', NAME);
  hepbatch('clusters', 'remove', NAME);
});

test('a new kernel is connected, and again after a restart', async ({ page }, {
  repeatEachIndex
}) => {
  await page.goto();
  const sidebar = await openSidebar(page);
  const made = sidebar.getByRole('listitem', { name: NAME, exact: true });
  await expect(made.getByText('1 worker', { exact: true })).toBeVisible(SLOW);
  await made.getByRole('button', { name: `More actions for ${NAME}` }).click();
  await page.getByRole('menuitem', { name: 'Connect New Kernels' }).click();

  // The message goes by itself, and the notebook gets its name only after its kernel.
  const told = page.getByText(`was connected to ${NAME}: use client there.`).waitFor(SLOW);
  /** What the kernel says of its client, asked beside the cells. */
  const status = () =>
    page.evaluate(async () => {
      const panel = window.jupyterapp.shell.currentWidget as NotebookPanel;
      const asked = { code: '', silent: true, user_expressions: { is: 'client.status' } };
      const kernel = panel.sessionContext.session?.kernel;
      return JSON.stringify((await kernel?.requestExecute(asked).done)?.content);
    });
  await page.notebook.createNew(`connected-${repeatEachIndex}.ipynb`);
  await told;
  expect(await status()).toContain("'running'");

  await page.evaluate(async () => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel;
    await panel.sessionContext.session?.kernel?.restart();
  });
  await expect.poll(status, SLOW).toContain("'running'");
  await page.evaluate(() => window.jupyterapp.serviceManager.sessions.shutdownAll());
});
