/** The samples JSON of a submission: written in the form, or a file of the file browser. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import { work } from './analysis';
import { openSidebar } from './lab';

test.use({ autoGoto: false });

/** A folder with a runner JSON that names the samples JSON beside it. */
function folder(name: string): string {
  const root = join(work(), name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const file = join(root, 'a.root');
  writeFileSync(file, 'x');
  writeFileSync(join(root, 'samples.json'), JSON.stringify({ GJet: [file] }, null, 2));
  const keys = { workflow: 'x', metaconditions: 'x', year: { GJet: [] }, corrections: {} };
  const runner = { samplejson: 'samples.json', ...keys, systematics: {} };
  writeFileSync(join(root, 'runner.json'), JSON.stringify(runner));
  return root;
}

test('the samples JSON is edited in the form, with what is wrong in words', async ({ page }) => {
  const root = folder('edited');
  await page.goto();
  const sidebar = await openSidebar(page);
  await sidebar.getByRole('button', { name: 'New submission…' }).first().click();
  const form = page.getByRole('form', { name: 'New submission' });
  await form.getByLabel('Connection', { exact: true }).selectOption('vanilla-local');
  await form.getByRole('button', { name: 'Edit it here' }).click();
  await expect(form.locator('.jp-hepbatch-JsonEditor-example')).toContainText('GJet_Pt-40toInf');
  await form.getByRole('button', { name: 'Take a path instead' }).click();

  await form.getByRole('textbox', { name: 'Runner JSON' }).fill(join(root, 'runner.json'));
  await form.getByRole('button', { name: 'Edit it here' }).click();
  const editor = form.getByRole('textbox', { name: 'Samples JSON' });
  await expect(editor).toContainText(join(root, 'a.root'));
  await expect(form.getByText('1 dataset, 1 file; they go with the submission.')).toBeVisible();
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('x');
  await expect(form.getByText('Line 5: x is after the end, the last }.')).toBeVisible();
  await form.getByRole('button', { name: 'Preview' }).click();
  await expect(editor).toBeFocused();

  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(`{"Data": ["${join(root, 'a.root')}"], "GJet": []}`);
  await expect(form.getByText('2 datasets, 1 file; they go with the submission.')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(form.getByRole('button', { name: 'Take a path instead' })).toBeFocused();
  await form.getByRole('textbox', { name: 'Output folder' }).fill(join(root, 'out'));
  await form.getByRole('button', { name: 'Preview' }).click();
  const preview = form.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('Data: not in "year" of the runner JSON', {
    timeout: 30_000
  });
});

test('the menus open the form, filled with the JSON of the file browser', async ({ page }) => {
  const root = folder('from-menu');
  writeFileSync(join(root, 'other.json'), '[1]');
  await page.goto();
  await page.menu.clickMenuItem('File>New>Submission');
  const form = page.getByRole('form', { name: 'New submission' });
  await expect(form).toBeVisible();

  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openDirectory('from-menu');
  const choose = async (name: string) => {
    await page.locator('.jp-DirListing-item', { hasText: name }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Submit with This JSON…' }).click();
  };
  const value = (label: string) => form.getByRole('textbox', { name: label });
  await choose('samples.json');
  await expect(value('Samples JSON')).toHaveValue(join(root, 'samples.json'));
  await expect(value('Runner JSON')).toHaveValue('');
  await choose('runner.json');
  await expect(value('Runner JSON')).toHaveValue(join(root, 'runner.json'));
  await expect(value('Samples JSON')).toHaveValue('');
  await choose('other.json');
  await expect(page.getByText('is neither a runner nor a samples JSON')).toBeVisible();
});
