import { chmodSync, readFileSync, rmSync, statSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';
import { smallAnalysis } from './analysis';
import { killSession, sshBed } from './bed';
import { home, openSidebar } from './lab';

const bed = sshBed();
const hint = 'bring the servers up with: testbed/up ssh kerberos';
const site = join(home(), 'config', 'hepbatch', 'connections', 'bed.json');

test.use({ autoGoto: false });
test.describe.configure({ timeout: 120_000 });
test.skip(bed === null && process.env['CI'] !== 'true', hint);

/** What the tests do with the test bed. */
function theBed() {
  if (bed === null) {
    throw new Error(hint);
  }
  return bed;
}

const card = (within: Page | Locator, id: string) => within.locator(`[data-connection="${id}"]`);

test.beforeAll(() => {
  const profiles = ['a', 'b2', 'd'].map(id => ({
    id,
    title: `Server ${id}`,
    backend: 'vanilla-local',
    host: { kind: 'ssh', destination: `hep-${id}` }
  }));
  mkdirSync(join(site, '..'), { recursive: true });
  writeFileSync(site, JSON.stringify({ version: 1, profiles }));
});

test.afterAll(() => rmSync(site, { force: true }));

test.beforeEach(async ({ page }) => {
  theBed().configure('known');
  theBed().kdestroy();
  await page.goto();
});

test.afterEach(async ({ page }) => {
  for (const id of ['a', 'b2', 'd']) {
    await page.evaluate(
      given => window.jupyterapp.commands.execute('hepbatch:close-connection', { id: given }),
      id
    );
  }
});

test('a person opens a server with password and code, a wrong code first', async ({ page }) => {
  const sidebar = await openSidebar(page);
  const b2 = card(sidebar, 'b2');
  const dialog = page.getByRole('dialog');
  const answer = async (text: string) => {
    await expect(dialog.locator('input')).toBeFocused();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  const logIn = async () => {
    await expect(dialog).toContainText('Password:');
    await answer(theBed().password);
    await expect(dialog).toContainText('2nd factor');
  };
  await b2.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(b2.getByText('asking', { exact: true })).toBeVisible();
  await logIn();
  await answer('000000');
  await expect(dialog).toContainText('was not accepted');
  await logIn();
  await answer(theBed().code());
  await expect(b2.getByText('open', { exact: true })).toBeVisible();
  await expect(dialog).toBeHidden();

  await b2.getByRole('button', { name: 'Details' }).click();
  await expect(b2.getByText(`as ${theBed().user}`)).toBeVisible();
  await expect(b2.getByRole('term').filter({ hasText: 'SSH client' })).toBeVisible();
  await expect(b2.getByRole('term').filter({ hasText: 'Round trip' })).toBeVisible();

  // It would need a person: it says so and waits, and goes on by a click.
  killSession('b2');
  await expect(b2.getByText('lost', { exact: true })).toBeVisible();
  await expect(b2.getByText('It is not tried again by itself.')).toBeVisible();
  await expect(page.getByRole('button', { name: /connections: .*1 lost/ })).toBeVisible();
  await b2.getByRole('button', { name: 'Try now' }).click();
  await logIn();
  await page.keyboard.press('Escape');
  await expect(b2.getByText('closed', { exact: true })).toBeVisible();
});

test('a server with a key is lost and comes back by itself', async ({ page }) => {
  const sidebar = await openSidebar(page);
  const a = card(sidebar, 'a');
  await a.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(a.getByText('open', { exact: true })).toBeVisible();
  killSession('a');
  await expect(a.getByText('lost', { exact: true })).toBeVisible();
  await expect(a.getByText(/^(Next try in|It is tried again)/)).toBeVisible();
  await expect(a.getByText('open', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('outputs on another host are audited there', async ({ page }) => {
  const { source, samplesJson, events, root } = smallAnalysis('there');
  // The user of that server is another one, who may pass through the folders of the tests.
  for (const folder of [join(home(), '..'), home(), join(root, '..')]) {
    chmodSync(folder, 0o711);
  }
  const sidebar = await openSidebar(page);
  await card(sidebar, 'a').getByRole('button', { name: 'Open', exact: true }).click();
  await expect(card(sidebar, 'a').getByText('open', { exact: true })).toBeVisible();
  await sidebar.getByRole('button', { name: 'New audit…' }).first().click();
  const form = page.getByRole('form', { name: 'New audit' });
  await form.getByLabel('Where').selectOption('Server a');
  await form.getByRole('textbox', { name: 'Samples JSON' }).fill(samplesJson);
  await form.getByRole('textbox', { name: 'Output folder' }).fill(source);
  await form.getByLabel('Expected events').selectOption('events');
  await form.getByRole('textbox', { name: 'Events file' }).fill(events);
  await form.getByRole('button', { name: 'Start audit' }).click();
  const report = page.locator('.jp-hepbatch-Report:visible');
  await expect(report.getByText('3 of 5 files to process again')).toBeVisible();
  await expect(report.getByText(`a:${source}`).first()).toBeVisible();
});

test('a server with Kerberos opens with no dialog', async ({ page }) => {
  const sidebar = await openSidebar(page);
  const d = card(sidebar, 'd');
  theBed().kinit();
  await d.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(d.getByText('open', { exact: true })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
  await d.getByRole('button', { name: 'Details' }).click();
  await expect(d.getByText(/h \d+ min left$/)).toBeVisible();
});

test('an unknown host key is shown and remembered; a changed one is refused', async ({ page }) => {
  const { configure, knownHosts } = theBed();
  configure('none');
  const sidebar = await openSidebar(page);
  const a = card(sidebar, 'a');
  const dialog = page.getByRole('dialog');
  await a.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog.getByText(/^SHA256:/).first()).toBeVisible();
  await expect(dialog).toContainText('ED25519');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(a.getByText('closed', { exact: true })).toBeVisible();
  expect(readFileSync(knownHosts, 'utf8')).toBe('');

  await a.getByRole('button', { name: 'Open', exact: true }).click();
  await dialog.getByRole('button', { name: 'Trust this host' }).click();
  await expect(a.getByText('open', { exact: true })).toBeVisible();
  expect(readFileSync(knownHosts, 'utf8')).toContain('ssh-ed25519');
  expect(statSync(knownHosts).mode & 0o777).toBe(0o600);
  await a.getByRole('button', { name: 'Close' }).click();

  configure('changed');
  await a.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(a.getByText('failed', { exact: true })).toBeVisible();
  await expect(a.getByRole('alert')).toContainText(`${knownHosts} line 1`);
  await expect(dialog).toBeHidden();
});
