import { join } from 'node:path';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

/** Folder of a server, on this machine. */
export const home = (server: 'lab' | 'bare' = 'lab'): string =>
  join(process.env['HEPBATCH_UI_HOME'] ?? '', server);

/** Opens the sidebar of hepbatch. */
export async function openSidebar(page: IJupyterLabPageFixture | Page): Promise<Locator> {
  const sidebar = page.locator('#hepbatch-sidebar');
  if (!(await sidebar.isVisible())) {
    await page.getByRole('tab', { name: /hepbatch/ }).click();
  }
  return sidebar;
}
