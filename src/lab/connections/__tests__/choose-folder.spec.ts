import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../__tests__/real-agent';
import { chooseFolder } from '../choose-folder';
import { openRealConnections } from './real-connections';
import { button, fill, press } from './views';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(async () => {
  opened.splice(0).forEach(one => void one.dispose());
  Dialog.flush();
  await until(() => document.querySelector('dialog') === null);
});

/** The chooser, open in a folder with three folders and a file. */
async function open() {
  const real = openRealConnections();
  opened.push(real.connections);
  const work = join(real.home, 'work');
  for (const name of ['alpha', 'beta/inner', 'gamma']) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(join(work, 'notes.txt'), '');
  const { call } = real;
  const chosen = chooseFolder({ call, id: 'vanilla-local', title: 'Where?', start: work, trans });
  const find = (selector: string) => document.querySelector<HTMLElement>(`dialog ${selector}`);
  await until(() => names().length === 3);
  return { ...real, work, chosen, list: () => find('[role="listbox"]') ?? document.body };
}

const names = () =>
  [...document.querySelectorAll('dialog [role="option"]')].map(({ textContent }) => textContent);
const field = (label: string) => {
  const found = document.querySelector<HTMLInputElement>(`dialog [aria-label="${label}"]`);
  if (found === null) {
    throw new Error(`no field ${label}`);
  }
  return found;
};

it('shows files, which cannot be chosen, and the way back', async () => {
  const { work, chosen } = await open();
  const file = [...document.querySelectorAll('dialog li')].find(
    ({ textContent }) => textContent === 'notes.txt'
  );
  expect(file?.getAttribute('role')).toBe('presentation');
  const crumbs = [...document.querySelectorAll<HTMLElement>('dialog nav button')];
  expect(crumbs.at(-1)?.getAttribute('aria-current')).toBe('page');
  crumbs.at(0)?.click();
  await until(() => field('Path of the folder').value === '/');
  fill(field('Path of the folder'), work);
  await until(() => field('Path of the folder').value === work);
  press(field('Path of the folder'), 'Enter');
  await until(() => names().length === 3);
  press(field('Path of the folder'), 'Escape');
  expect(await chosen).toBeNull();
});

it('filters as one types, and says what could not be read', async () => {
  const { chosen } = await open();
  fill(field('Filter names'), 'ET');
  await until(() => names().join() === 'beta');
  press(field('Filter names'), 'Enter');
  await until(() => document.activeElement?.getAttribute('role') === 'listbox');
  fill(field('Path of the folder'), '/nowhere');
  press(field('Path of the folder'), 'Enter');
  await until(() => document.querySelector('dialog [role="alert"]') !== null);
  expect(document.querySelector('dialog [role="alert"]')?.textContent).toContain('/nowhere');
  button(document, 'Cancel')?.click();
  expect(await chosen).toBeNull();
});
