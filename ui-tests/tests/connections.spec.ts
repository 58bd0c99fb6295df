import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';
import { home, openSidebar } from './lab';

test.use({ autoGoto: false });

const SECRET = 'c0rrect-h0rse';
const site = join(home(), 'config', 'hepbatch', 'connections', 'site.json');

/** A program that takes one secret on its standard input, as kinit does. */
const KINIT = `#!/bin/sh
read -r secret
[ "$secret" = ${SECRET} ] && exit 0
echo "kinit: Password incorrect while getting initial credentials" >&2
exit 1
`;

test.beforeEach(async ({ page }) => {
  await page.goto();
  await close(page);
});

/** The card of a connection. */
const card = (within: Page | Locator, title: string) =>
  within.getByRole('listitem', { name: title, exact: true });

/** Runs a command without waiting for its end. */
async function execute(page: IJupyterLabPageFixture, command: string, args = {}): Promise<void> {
  await page.evaluate(
    ([id, given]) => void window.jupyterapp.commands.execute(id as string, given as never),
    [command, args]
  );
}

async function close(page: IJupyterLabPageFixture, id = 'dask-local'): Promise<void> {
  await page.evaluate(
    given => window.jupyterapp.commands.execute('hepbatch:close-connection', { id: given }),
    id
  );
}

test('a person makes a connection with the form, tries it, saves it, and opens it', async ({
  page
}) => {
  const sidebar = await openSidebar(page);
  await sidebar.getByRole('button', { name: 'New connection…' }).click();
  const form = page.getByRole('form', { name: 'New connection' });
  await form.getByLabel('How work runs').selectOption('Vanilla on this machine');
  await expect(form.getByLabel('Workers')).toBeHidden();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('This is needed.').first()).toBeVisible();
  await expect(form.getByLabel('Title')).toBeFocused();
  await form.getByLabel('Title').fill('Made here');
  await expect(form.getByLabel('Name')).toHaveValue('made-here');
  await form.getByLabel('Memory').fill('4 gigs');
  await expect(form.getByText('“4 gigs” is no size such as 4GB or 8000MB.')).toBeVisible();
  await form.getByLabel('Memory').fill('4GB');

  await form.getByRole('button', { name: 'Test' }).click();
  await expect(form.getByText('It works')).toBeInViewport();
  await expect(form.getByRole('listitem').filter({ hasText: 'Python' })).toContainText('fine');
  await expect(card(sidebar, 'Made here')).toBeHidden();

  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const made = card(sidebar, 'Made here');
  await expect(made).toBeInViewport();
  await made.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(made.getByText('open', { exact: true })).toBeVisible();
  await made.getByRole('button', { name: 'Details' }).click();
  await expect(made.getByRole('term').filter({ hasText: 'Python' })).toBeVisible();
  await expect(made.getByText(/free$/).first()).toBeVisible();
  await made.getByRole('button', { name: 'Close' }).click();
  await expect(made.getByText('closed', { exact: true })).toBeVisible();
});

test('it is edited, duplicated and deleted by keys alone', async ({ page }) => {
  const sidebar = await openSidebar(page);
  await page.evaluate(async () => {
    const { commands } = window.jupyterapp;
    await commands.execute('hepbatch:new-connection', { backend: 'dask-local' });
  });
  const form = page.locator('form:visible');
  await form.getByLabel('Title').fill('By keys');
  await page.keyboard.press('Enter');
  const made = card(sidebar, 'By keys');
  await expect(made).toBeVisible();

  /** Opens the menu of a card and takes its nth entry. */
  const choose = async (title: string, nth: number) => {
    await card(sidebar, title)
      .getByRole('button', { name: /More actions/ })
      .focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Duplicate…' })).toBeVisible();
    for (let i = 0; i < nth; i += 1) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  };
  await choose('By keys', 1);
  await expect(form.getByLabel('Title')).toHaveValue('By keys');
  await form.getByLabel('Title').fill('Renamed');
  await page.keyboard.press('Enter');
  await expect(card(sidebar, 'Renamed')).toBeVisible();
  await expect(made).toBeHidden();

  await choose('Renamed', 2);
  await expect(form.getByLabel('Title')).toHaveValue('Renamed, copy');
  await form.getByLabel('Title').focus();
  await page.keyboard.press('Enter');
  await expect(card(sidebar, 'Renamed, copy')).toBeVisible();

  for (const title of ['Renamed, copy', 'Renamed']) {
    await choose(title, 3);
    await expect(page.getByRole('dialog')).toContainText(`Delete the connection ${title}?`);
    await page.keyboard.press('Enter');
    await expect(card(sidebar, title)).toBeHidden();
  }
  // What is built in can be copied, and neither edited nor deleted.
  await card(sidebar, 'Dask on this machine').getByRole('button', { name: /More/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Duplicate…' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Edit…' })).toBeHidden();
  await page.keyboard.press('Escape');
});

test('what is not saved is asked about before it is lost', async ({ page }) => {
  await execute(page, 'hepbatch:new-connection');
  const form = page.getByRole('form', { name: 'New connection' });
  await form.getByLabel('Title').fill('Half');
  await form.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Leave without saving?');
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await expect(form.getByLabel('Title')).toHaveValue('Half');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(form).toBeHidden();
});

test('the status bar and the running panel know what is open', async ({ page }) => {
  await execute(page, 'hepbatch:open-connection', { id: 'dask-local' });
  const status = page.getByRole('button', { name: /^hepbatch connections: \d+ open/ });
  await expect(status).toBeVisible();
  await expect(page.locator('#hepbatch-sidebar')).toBeHidden();
  await status.click();
  await expect(card(page, 'Dask on this machine')).toBeInViewport();

  await page.sidebar.openTab('jp-running-sessions');
  const running = page.locator('#jp-running-sessions');
  const item = running.getByText('Jobs on this machine');
  await expect(item).toBeVisible();
  await item.hover();
  await running
    .locator('.jp-RunningSessions-item', { hasText: 'Jobs on this machine' })
    .getByTitle('Close')
    .click();
  await expect(status).toBeHidden();
});

test('a fault in a file of the site is named, and the rest works', async ({ page }) => {
  const profile = { id: 'ours', title: 'Of the site', backend: 'dask-local' };
  const local = { kind: 'local' };
  const bad = { kind: 'ssh', destination: 'x', port: 'ssh' };
  const sidebar = await openSidebar(page);
  const write = (profiles: object[]) => {
    mkdirSync(join(site, '..'), { recursive: true });
    writeFileSync(site, JSON.stringify({ version: 1, profiles }));
  };
  const refresh = sidebar.getByRole('button', { name: /list of connections/ });
  try {
    write([
      { ...profile, host: local },
      { ...profile, id: 'bad', host: bad }
    ]);
    await refresh.click();
    const alert = sidebar.getByRole('alert');
    await expect(alert).toContainText(site);
    await expect(alert).toContainText('profiles[1].host.port = "ssh"');
    await expect(card(sidebar, 'Of the site')).toBeVisible();
    await expect(card(sidebar, 'Dask on this machine')).toBeVisible();
    write([{ ...profile, host: local }]);
    await refresh.click();
    await expect(alert).toBeHidden();
  } finally {
    rmSync(site);
  }
  await refresh.click();
  await expect(card(sidebar, 'Of the site')).toBeHidden();
});

test('a question is asked in every tab, and one answer closes it everywhere', async ({
  page,
  baseURL
}) => {
  writeFileSync(join(home(), 'bin', 'kinit'), KINIT, { mode: 0o755 });
  const other = await page.context().newPage();
  await other.goto(`${baseURL ?? ''}/lab`);
  await openSidebar(other);
  const sidebar = await openSidebar(page);
  const local = card(sidebar, 'Dask on this machine');
  await execute(page, 'hepbatch:open-connection', { id: 'dask-local' });
  await local.getByRole('button', { name: 'Details', exact: true }).click();
  await local.getByRole('button', { name: 'Get ticket…' }).click();

  const here = page.getByRole('dialog');
  const there = other.getByRole('dialog');
  await expect(here).toContainText('kinit on this machine asks');
  await expect(here.locator('input')).toBeFocused();
  await expect(here.locator('input')).toHaveAttribute('type', 'password');
  await expect(there).toContainText('Password for Kerberos');
  await expect(here.getByRole('timer')).toContainText('left');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await expect(there).toContainText('was not accepted');
  await expect(here).toContainText('was not accepted');
  await there.locator('input').fill(SECRET);
  await there.getByRole('button', { name: 'Answer' }).click();
  await expect(there).toBeHidden();
  await expect(here).toBeHidden();
  await other.close();
  // Nothing typed is kept in the page.
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  expect(kept).not.toContain(SECRET);
  await close(page);
});

test('a question of a cell comes as a dialog where the sidebar was never opened', async ({
  page
}) => {
  writeFileSync(join(home(), 'bin', 'kinit'), KINIT, { mode: 0o755 });
  await page.notebook.createNew('connections.ipynb');
  await page.notebook.setCell(
    0,
    'code',
    'import hepbatch\nfound = hepbatch.connections()\nfound.open("dask-local")'
  );
  await page.notebook.run();
  const cell = page.locator('.jp-OutputArea-output');
  const local = card(cell.first(), 'Dask on this machine');
  await expect(local.getByRole('button', { name: 'Close' })).toBeVisible({ timeout: 30_000 });
  await local.getByRole('button', { name: 'Details' }).click();
  await local.getByRole('button', { name: 'Get ticket…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('kinit on this machine asks');
  await expect(page.locator('#hepbatch-sidebar')).toBeHidden();
  await expect(cell.getByRole('group', { name: 'kinit on this machine asks' })).toBeVisible();
  await dialog.locator('input').fill(SECRET);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(cell.getByRole('group', { name: 'kinit on this machine asks' })).toBeHidden();
  await page.notebook.addCell('code', 'print(found["dask-local"]["state"])');
  await page.notebook.runCell(1);
  await expect(cell.filter({ hasText: /^open\s*$/ })).toBeVisible();
  await close(page);
});

test('a folder is chosen by keys alone', async ({ page }) => {
  mkdirSync(join(home(), 'work', 'tree', 'inner'), { recursive: true });
  mkdirSync(join(home(), 'work', 'tree', 'other'), { recursive: true });
  await execute(page, 'hepbatch:new-connection', { backend: 'vanilla-local' });
  const form = page.getByRole('form', { name: 'New connection' });
  await form.getByLabel('Working folder', { exact: true }).fill(join(home(), 'work', 'tree'));
  await form.getByRole('button', { name: 'Choose: Working folder' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('option', { name: 'inner' })).toBeVisible();
  await expect(dialog.getByRole('listbox')).toBeFocused();
  await page.keyboard.press('o');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Path of the folder')).toHaveValue(/tree\/other$/);
  await page.keyboard.press('Backspace');
  await expect(dialog.getByRole('option', { name: 'other' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Path of the folder')).toHaveValue(/tree\/inner$/);
  await dialog.getByRole('button', { name: 'Choose this folder' }).focus();
  await page.keyboard.press('Enter');
  await expect(form.getByLabel('Working folder', { exact: true })).toHaveValue(/tree\/inner$/);
});

test('every action is in the palette, and asks which connection', async ({ page }) => {
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('apputils:activate-command-palette')
  );
  const palette = page.locator('#modal-command-palette, .lm-CommandPalette:visible').first();
  for (const action of ['New', 'Open', 'Close', 'Edit', 'Duplicate', 'Delete']) {
    await expect(palette.getByText(`${action} Connection…`)).toHaveCount(1);
  }
  await page.keyboard.press('Escape');
  await execute(page, 'hepbatch:open-connection');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Open which connection?');
  await dialog.getByRole('combobox').selectOption({ label: 'Dask on this machine (dask-local)' });
  await dialog.getByRole('button', { name: 'Ok' }).click();
  await expect(page.getByRole('button', { name: /^hepbatch connections: \d+ open/ })).toBeVisible();
  await close(page);
});

test('a page that does not use hepbatch asks once, and starts no agent', async ({
  page,
  baseURL
}) => {
  const port = Number(new URL(baseURL ?? '').port) + 1;
  const bare = await page.context().newPage();
  const asked: string[] = [];
  bare.on('request', request => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/hepbatch/')) {
      asked.push(pathname);
    }
  });
  await bare.goto(`http://127.0.0.1:${port}/lab`);
  await expect(bare.getByRole('tab', { name: /hepbatch/ })).toBeVisible();
  await expect.poll(() => asked).toEqual(['/hepbatch/running']);
  await bare.evaluate(() => window.jupyterapp.restored);
  expect(asked).toEqual(['/hepbatch/running']);
  await bare.close();
});
