import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../lab/__tests__/real-agent';
import { openRealConnections } from '../../lab/connections/__tests__/real-connections';
import { button, card, press } from '../../lab/connections/__tests__/views';
import { DEFAULT_SETTINGS } from '../../lab/connections/settings';
import { connectionsView, ConnectionsWidgetModel } from '../connections';
import { modelOf } from './kernel';

const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

/** The cards of a cell, whose kernel hears what the agent tells. */
async function open() {
  const real = openRealConnections();
  opened.push(real.prompts, real.connections);
  const { model, event } = modelOf(ConnectionsWidgetModel, real.app);
  real.heard.connect((_, told) => event(told));
  const View = connectionsView(DEFAULT_SETTINGS, nullTranslator.load('hepbatch'));
  const view = new View({ model, el: document.createElement('div') });
  document.body.append(view.el);
  view.render();
  view.trigger('displayed');
  MessageLoop.flush();
  await until(() => view.el.querySelector('li') !== null);
  const question = {
    title: 'hepuser@lxplus',
    text: 'Password: <b>',
    kind: 'secret',
    hostKey: null,
    again: false
  } as const;
  const ask = () => real.prompts.ask('lxplus', question, new AbortController().signal);
  return { ...real, model, view, node: view.el, ask };
}

it('shows the same cards, live, without what only the Lab can do', async () => {
  const { node, connections } = await open();
  const local = card(node, 'dask-local');
  expect(local.querySelector('[aria-haspopup="menu"]')).toBeNull();
  button(local, 'Open')?.click();
  await until(() => button(local, 'Close') !== undefined);
  expect((await connections.read('vanilla-local')).state).toBe('open');
  await connections.close('dask-local');
  await until(() => button(local, 'Open') !== undefined);
  expect(node.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
});

it('asks below the cell, as text, and hands the answer over with Enter or a click', async () => {
  const { node, ask } = await open();
  const first = ask();
  await until(() => node.querySelector('input') !== null);
  const field = node.querySelector('input');
  expect(node.querySelector('pre')?.textContent).toBe('Password: <b>');
  expect(node.textContent).toContain('hepuser@lxplus asks');
  // It appears beside what somebody types elsewhere.
  expect(document.activeElement).not.toBe(field);
  if (field !== null) {
    field.value = 'secret word';
    press(field, 'Enter');
  }
  expect(await first).toEqual({ how: 'answered', answer: 'secret word' });
  await until(() => node.querySelector('input') === null);
  expect(field?.value).toBe('');
  const second = ask();
  await until(() => button(node, 'Cancel') !== undefined);
  button(node, 'Cancel')?.click();
  expect(await second).toEqual({ how: 'cancelled' });
});

it('keeps nothing in traits, which may be saved with the notebook', async () => {
  const { model, node } = await open();
  expect(node.textContent).toContain('lxplus.cern.ch');
  expect(JSON.stringify(model.get_state())).not.toContain('lxplus');
});

it('ends with its cell', async () => {
  const { view, model, node } = await open();
  node.remove();
  view.remove();
  await model.close(true);
  expect(() => {
    model.trigger('msg:custom', { kind: 'event', event: { sequence: 1, topic: 'reset' } });
  }).not.toThrow();
});
