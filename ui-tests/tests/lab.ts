import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { IJupyterLabPageFixture, JupyterLabPage } from '@jupyterlab/galata';
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

/** Loads the page anew. Galata would wait for a launcher, which a layout that is restored has not. */
export async function reload(page: Pick<JupyterLabPage, 'reload'>): Promise<void> {
  await page.reload({ waitForIsReady: false });
}

/** Runs the command line as the user of the Lab. */
export function hepbatch(...argv: string[]) {
  const env = {
    ...process.env,
    XDG_RUNTIME_DIR: join(home(), 'runtime'),
    XDG_STATE_HOME: join(home(), 'state'),
    XDG_CACHE_HOME: join(home(), 'cache')
  };
  return spawnSync('hepbatch', argv, { env });
}
