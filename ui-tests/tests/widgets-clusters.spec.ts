import { expect, test } from '@jupyterlab/galata';

// Dask starts slowly where others work, too.
test.describe.configure({ timeout: 180_000 });

test('a cluster is started, watched, scaled and stopped in its cell', async ({ page }) => {
  await page.notebook.createNew('cluster.ipynb');
  await page.notebook.setCell(
    0,
    'code',
    'import hepbatch\ncluster = hepbatch.Cluster(name="cell", workers=0, memory="400MB")\ncluster'
  );
  await page.notebook.run();
  const cell = page.locator('.jp-hepbatch-ClusterCell');
  await expect(cell.getByRole('status')).toHaveText(/cell\s*not started\s*on dask-local/, {
    timeout: 60_000
  });
  await cell.getByLabel('Workers').fill('1');
  await cell.getByRole('button', { name: 'Start' }).click();
  const status = cell.getByRole('status');
  await expect(status).toHaveText(/running\s*1 worker$/, { timeout: 90_000 });

  // What the cell started is the cluster of the notebook.
  await page.notebook.addCell(
    'code',
    'with cluster.client() as client:\n    print(client.submit(sum, [1, 2, 3]).result(timeout=60))'
  );
  await page.notebook.runCell(1);
  await expect(page.locator('.jp-OutputArea-output').filter({ hasText: /^6\s*$/ })).toBeVisible({
    timeout: 60_000
  });

  const [dashboard] = await Promise.all([
    page.context().waitForEvent('page'),
    cell.getByRole('button', { name: 'Dashboard' }).click()
  ]);
  await expect(dashboard.locator('canvas').first()).toBeVisible({ timeout: 60_000 });
  expect(new URL(dashboard.url()).pathname).toMatch(/\/hepbatch\/dash\/.*\/status$/);
  await dashboard.close();

  await cell.getByLabel('Workers').fill('0');
  await cell.getByRole('button', { name: 'Scale' }).click();
  await expect(status).toHaveText(/running\s*0 workers|running\s*no worker/, { timeout: 60_000 });
  await cell.getByRole('button', { name: 'Stop' }).click();
  await expect(status).toHaveText(/stopped/, { timeout: 60_000 });
  await expect(cell.getByRole('button')).toHaveCount(0);
});
