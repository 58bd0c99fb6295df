/** What a person does with clusters in Lab. */
import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';
import { openSidebar } from './lab';

/** Dask starts slowly where others work, too. */
export const SLOW = { timeout: 60_000 };

/** The card of a cluster. */
export const card = (within: Page | Locator, name: string) =>
  within.getByRole('listitem', { name, exact: true });

/** Runs a command without waiting for its end. */
export async function execute(
  page: IJupyterLabPageFixture,
  command: string,
  args = {}
): Promise<void> {
  await page.evaluate(
    ([id, given]) => void window.jupyterapp.commands.execute(id as string, given as never),
    [command, args]
  );
}

/** Starts a cluster with the form. */
export async function start(page: IJupyterLabPageFixture, name: string): Promise<Locator> {
  const sidebar = await openSidebar(page);
  await sidebar.getByRole('button', { name: 'New cluster…' }).first().click();
  const form = page.getByRole('form', { name: 'New cluster' });
  await expect(form.getByRole('radio').first()).toBeChecked(SLOW);
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Workers', { exact: true }).fill('1');
  await form.getByLabel('Memory').fill('400MB');
  await form.getByRole('button', { name: 'Preview' }).click();
  const preview = form.getByRole('region', { name: 'Preview' });
  await expect(preview).toBeInViewport(SLOW);
  await expect(preview).toContainText('tls://127.0.0.1');
  await form.getByRole('button', { name: 'Start' }).click();
  await expect(form).toBeHidden(SLOW);
  const made = card(sidebar, name);
  await expect(made.getByText('1 worker', { exact: true })).toBeVisible(SLOW);
  return made;
}

/** Stops it and removes it, as a person does. */
export async function end(page: IJupyterLabPageFixture, made: Locator): Promise<void> {
  await made.getByRole('button', { name: 'Stop' }).click();
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Stop' });
  await expect(sure.or(made.getByText('stopped', { exact: true })).first()).toBeVisible(SLOW);
  if (await sure.isVisible()) {
    await sure.click();
  }
  await expect(made.getByText('stopped', { exact: true })).toBeVisible(SLOW);
  await made.getByRole('button', { name: 'Remove' }).click();
  await expect(made).toBeHidden();
}
