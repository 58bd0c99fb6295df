import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { createElement } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { until } from '../../__tests__/real-agent';
import { ConnectionFormView } from '../form';
import type { IChooseFolder } from '../form-context';
import { ConnectionForm } from '../form-model';
import { emptyForm } from '../form-values';
import { ConnectionsModel } from '../model';
import { openRealConnections } from './real-connections';
import { button, control, fill, show } from './views';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

/** A form of a new connection on a page. */
async function open(choose: IChooseFolder | null = null) {
  const real = openRealConnections();
  const connections = new ConnectionsModel(real.call, real.heard);
  await connections.refresh();
  const { call, heard } = real;
  const first = emptyForm('dask-local');
  const form = new ConnectionForm({ call, heard, connections, first, replaces: null, trans });
  const onSaved = vi.fn();
  const onCancel = vi.fn();
  const widget = ReactWidget.create(
    createElement(ConnectionFormView, {
      form,
      connections,
      heading: 'New connection',
      aliases: ['alpha', 'beta'],
      choose: () => choose,
      warnMinutes: 60,
      onSaved,
      onCancel,
      trans
    })
  );
  opened.push(widget, form, connections, real.connections);
  const node = show(widget);
  await until(() => node.querySelector('select') !== null);
  const labels = () => [...node.querySelectorAll('label')].map(({ textContent }) => textContent);
  const type = async (label: string, value: string) => {
    fill(control(node, label), value);
    await until(() => control(node, label).value === value);
  };
  return { ...real, list: connections, form, node, labels, type, onSaved, onCancel };
}

it('asks for the backend first, and then only for what that backend has', async () => {
  const { labels, type } = await open();
  expect(labels().slice(0, 2)).toEqual(['How work runs', 'Where']);
  expect(labels()).not.toContain('Partition');
  await type('How work runs', 'vanilla-slurm');
  await until(() => labels().includes('Partition'));
  expect(labels()).toContain('Wall time');
  expect(labels()).not.toContain('Job flavour');
  expect(labels()).not.toContain('Workers');
});

it('offers this machine, an alias, or a host in full', async () => {
  const { node, labels, type } = await open();
  expect(labels()).not.toContain('Host or alias');
  await type('Where', 'alias');
  await until(() => labels().includes('Alias'));
  const options = [...control(node, 'Alias').querySelectorAll('option')].map(o => o.textContent);
  expect(options).toEqual(['', 'alpha', 'beta']);
  await type('Where', 'ssh');
  await until(() => labels().includes('Host or alias'));
  expect(labels()).toEqual(expect.arrayContaining(['User', 'Port', 'Jump hosts', 'SSH client']));
});

it('puts what is wrong beside the field, and the focus there', async () => {
  const { node, type, onSaved } = await open();
  await type('Title', 'Mine');
  await type('Memory', '4 gigs');
  button(node, 'Save')?.click();
  await until(() => control(node, 'Memory').getAttribute('aria-invalid') === 'true');
  const memory = control(node, 'Memory');
  const described = (memory.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map(id => document.getElementById(id)?.textContent);
  expect(described).toContain('“4 gigs” is no size such as 4GB or 8000MB.');
  await until(() => document.activeElement === memory);
  expect(onSaved).not.toHaveBeenCalled();
  await type('Memory', '4GB');
  await until(() => control(node, 'Memory').getAttribute('aria-invalid') === 'false');
});

it('saves what is filled in, numbers as numbers', async () => {
  const { node, list, type, onSaved } = await open();
  await type('Title', 'My workers');
  expect(control(node, 'Name').value).toBe('my-workers');
  await type('Cores', '4');
  button(node, 'Save')?.click();
  await until(() => onSaved.mock.calls.length > 0);
  expect(onSaved).toHaveBeenCalledWith('my-workers');
  expect(list.find('my-workers')?.profile).toMatchObject({
    backend: 'dask-local',
    defaults: { cores: 4 }
  });
});

it('tries it, step by step, and tells what it found', async () => {
  const { node, list, type } = await open();
  await type('Title', 'Mine');
  button(node, 'Test')?.click();
  await until(
    () => button(node, 'Cancel test') !== undefined || node.textContent.includes('works')
  );
  await until(() => node.textContent.includes('It works'));
  const steps = [...node.querySelectorAll('ol li')].map(({ textContent }) => textContent);
  expect(steps).toHaveLength(7);
  expect(steps.find(text => text.startsWith('Python'))).toContain('fine');
  expect(button(node, 'Test')).toBeDefined();
  expect(list.find('mine')).toBeUndefined();
});

it('lets a folder be chosen where an open connection leads there', async () => {
  const ask = vi.fn(() => Promise.resolve('/scratch/me'));
  const { node, type } = await open({
    words: 'Choose…',
    label: field => `Choose: ${field}`,
    ask
  });
  await type('How work runs', 'vanilla-local');
  await until(() => button(node, 'Choose: Working folder') !== undefined);
  await type('Working folder', '/scratch');
  button(node, 'Choose: Working folder')?.click();
  await until(() => control(node, 'Working folder').value === '/scratch/me');
  expect(ask).toHaveBeenCalledWith('/scratch');
  const without = await open();
  await without.type('How work runs', 'vanilla-local');
  await until(() => without.labels().includes('Working folder'));
  expect(button(without.node, 'Choose: Working folder')).toBeUndefined();
});
