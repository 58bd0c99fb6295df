import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../../__tests__/real-agent';
import { openRealConnections } from '../../__tests__/real-connections';
import { button, fact, press } from '../../__tests__/views';
import { PromptDialogs } from '../dialog';
import { PromptsModel } from '../model';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): void }[] = [];
afterEach(async () => {
  opened.splice(0).forEach(one => one.dispose());
  await until(() => dialog() === null);
});

const QUESTION = {
  title: 'hepuser@lxplus.cern.ch',
  text: 'Password: ',
  kind: 'secret',
  hostKey: null,
  again: false
} as const;

const dialog = () => document.querySelector('dialog');

/** Dialogs over the real prompts. */
function open() {
  const real = openRealConnections();
  const model = new PromptsModel(real.call, real.heard);
  // Questions that are taken back close their dialogs, as long as the model listens.
  opened.push(real.prompts, model);
  new PromptDialogs(model, trans);
  const ask = (over: object = {}, signal = new AbortController().signal) =>
    real.prompts.ask('lxplus', { ...QUESTION, ...over }, signal);
  return { ...real, model, ask };
}

/** The dialog, and in it the field that has the focus. */
async function shown(text = '') {
  await until(() => dialog()?.textContent.includes(text) === true);
  const node = dialog();
  if (node === null) {
    throw new Error('no dialog');
  }
  await until(() => node.querySelector('pre, .jp-Dialog-content-small') !== null);
  const field = node.querySelector('input');
  await until(() => document.activeElement?.closest(field === null ? 'dialog' : 'input') !== null);
  return { node, field };
}

it('shows the exact words as text, and takes the answer with Enter', async () => {
  const { ask } = open();
  const asked = ask({ text: '<img src=x onerror=alert(1)>\u001b[31mPassword\u202E: ' });
  const { node, field } = await shown();
  expect(node.querySelector('img')).toBeNull();
  expect(node.querySelector('pre')?.textContent).toBe(
    '<img src=x onerror=alert(1)>␛[31mPassword‹U+202E›: '
  );
  expect(node.textContent).toContain('hepuser@lxplus.cern.ch asks');
  expect(node.textContent).toMatch(/1 min 5\d s left|2 min 0 s left/);
  expect(document.activeElement).toBe(field);
  if (field !== null) {
    field.value = 'secret word';
    press(field, 'Enter');
  }
  expect(await asked).toEqual({ how: 'answered', answer: 'secret word' });
  await until(() => dialog() === null);
  expect(field?.value).toBe('');
});

it('masks secrets, lets no program keep them, and shows what is none', async () => {
  const { ask } = open();
  void ask();
  const { field } = await shown();
  expect(field?.type).toBe('password');
  expect(field?.getAttribute('autocomplete')).toBe('one-time-code');
  expect(field?.getAttribute('data-lpignore')).toBe('true');
  expect(field?.closest('form')).toBeNull();
  const cancel = button(document, 'Cancel');
  cancel?.click();
  await until(() => dialog() === null);
  void ask({ kind: 'text', text: 'Name: ' });
  expect((await shown('Name:')).field?.type).toBe('text');
});

it('says that the answer before was wrong', async () => {
  const { ask } = open();
  void ask({ again: true });
  const { node } = await shown();
  expect(node.querySelector('[role="alert"]')?.textContent).toContain('not accepted');
});

it('cancels with Escape, and not with a click beside it', async () => {
  const { ask } = open();
  const asked = ask();
  const { node } = await shown();
  node.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  node.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(dialog()).toBe(node);
  press(node, 'Escape');
  expect(await asked).toEqual({ how: 'cancelled' });
  await until(() => dialog() === null);
});

it('shows what is asked one after the other, and how many wait', async () => {
  const { ask } = open();
  const first = ask({ text: 'one?' });
  await shown('one?');
  const second = ask({ text: 'two?' });
  const { node } = await shown('1 more question waits');
  expect(document.querySelectorAll('dialog')).toHaveLength(1);
  press(node, 'Escape');
  expect(await first).toEqual({ how: 'cancelled' });
  const next = await shown('two?');
  if (next.field !== null) {
    next.field.value = 'yes';
    press(next.field, 'Enter');
  }
  expect(await second).toMatchObject({ answer: 'yes' });
});

it('goes away when somebody answers elsewhere, and lets the dialog behind it come', async () => {
  const { ask, prompts } = open();
  const gone = new AbortController();
  void ask({ text: 'one?' });
  await shown('one?');
  const other = new Dialog({ title: 'Something else', body: 'of the Lab' });
  const launched = other.launch();
  void ask({ text: 'two?' }, gone.signal);
  prompts.answer(prompts.list()[0]?.id ?? '', 'elsewhere');
  const { node } = await shown('of the Lab');
  gone.abort(); // while it waits behind the other one
  press(node, 'Escape');
  await launched;
  await until(() => dialog() === null);
});

it('shows algorithm, fingerprint and host of an unknown key; Enter alone does not trust it', async () => {
  const { ask } = open();
  const hostKey = {
    host: '[localhost]:22201',
    algorithm: 'ssh-ed25519',
    fingerprint: 'SHA256:abc',
    file: '/home/me/.ssh/known_hosts'
  };
  const key = { kind: 'host-key', hostKey, text: 'continue connecting?' };
  const first = ask(key);
  const { node, field } = await shown('SHA256:abc');
  expect(field).toBeNull();
  expect(fact(node, 'Host')).toBe('[localhost]:22201');
  expect(fact(node, 'Key')).toBe('ssh-ed25519');
  expect(fact(node, 'Fingerprint')).toBe('SHA256:abc');
  expect(fact(node, 'Remembered in')).toBe('/home/me/.ssh/known_hosts');
  press(document.activeElement ?? node, 'Enter');
  expect(await first).toEqual({ how: 'cancelled' });
  await until(() => dialog() === null);
  const second = ask(key);
  await shown('SHA256:abc');
  button(document, 'Trust this host')?.click();
  expect(await second).toEqual({ how: 'answered', answer: 'yes' });
});

it('goes away once it is closed there, whatever became of the answer to the answer', async () => {
  const { ask, during } = open();
  const asked = ask();
  const { field } = await shown();
  during(() => {
    throw new Error('the line broke');
  });
  if (field !== null) {
    field.value = 'x';
    press(field, 'Enter');
  }
  expect(await asked).toMatchObject({ answer: 'x' });
  // It was closed there, whatever this page heard of it.
  await until(() => dialog() === null);
});
