/** From the form to the end of a cluster on this machine: real agent, real supervisor, real Dask. */
import { createElement } from 'react';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { daskPython } from '../../../agent/__tests__/jobs-python';
import { until } from '../../__tests__/real-agent';
import { button, control, fill, show } from '../../connections/__tests__/views';
import { DetailsModel } from '../details-model';
import { ClusterFormView } from '../form';
import { ClusterForm } from '../form-model';
import { LogsView } from '../logs';
import { LogsModel } from '../logs-model';
import { LossesModel } from '../losses-model';
import { RememberedChoices } from '../remembered';
import { openRealClusters } from './real-clusters';

const trans = nullTranslator.load('hepbatch');
const python = daskPython();
let real: Awaited<ReturnType<typeof openRealClusters>>;
const remembered = new RememberedChoices(new StateDB());

beforeAll(async () => {
  real = await openRealClusters();
});

afterAll(async () => {
  const { model } = real;
  await Promise.all(
    model.clusters.filter(({ can }) => can.includes('stop')).map(({ id }) => model.stop(id))
  );
  await real.dispose();
});

/** A form on a page, for the connection of this machine. */
async function openForm() {
  const { call, model: clusters, hosts: connections } = real;
  const form = new ClusterForm({ call, clusters, connections, remembered, kernel: null, trans });
  await form.choose('dask-local');
  const actions = {
    onStarted: vi.fn(),
    onCancel: vi.fn(),
    onOpen: vi.fn(),
    onNewConnection: vi.fn()
  };
  const widget = ReactWidget.create(createElement(ClusterFormView, { form, ...actions, trans }));
  const node = show(widget);
  await until(() => node.querySelector('fieldset') !== null);
  const type = async (label: string, value: string) => {
    fill(control(node, label), value);
    await until(() => control(node, label).value === value);
  };
  const press = async (name: string) => {
    await until(() => button(node, name)?.disabled === false);
    button(node, name)?.click();
  };
  return { form, node, type, press, ...actions, widget };
}

it(
  'is chosen, previewed, started, scaled, read, stopped and removed',
  { timeout: 180_000 },
  async () => {
    const { form, node, type, press, onStarted, widget } = await openForm();
    await until(() => form.environments.isLoaded);
    await form.environments.add(python);
    expect(form.environments.chosen).toEqual({ kind: 'python', path: python });
    await until(() => /distributed \d/.test(node.querySelector('fieldset')?.textContent ?? ''));
    await type('Name', 'from the form');
    await type('Workers', '1');
    await type('Memory', '4 gigs');
    await press('Preview');
    await until(() => control(node, 'Memory').getAttribute('aria-invalid') === 'true');
    expect(form.preview).toBeNull();
    await type('Memory', '400MB');
    await press('Preview');
    await until(() => form.preview !== null);
    expect(form.preview).toMatchObject({ name: 'from the form', script: null });
    expect(node.querySelector('section')?.textContent).toContain('There is no job script');
    await type('Workers', '2');
    await until(() => node.textContent.includes('The form was changed since'));
    await type('Workers', '1');
    await press('Start');
    await until(() => onStarted.mock.calls.length > 0);
    const id = String(onStarted.mock.calls[0]?.[0]);
    widget.dispose();
    form.dispose();

    const { model, call } = real;
    await until(() => model.find(id)?.workers?.joined === 1);
    expect(await model.clientCode(id, true)).toContain('hepbatch.client("from the form")');
    expect(await model.clientCode(id, false)).toContain('tls_ca_file');
    await model.scale(id, 2);
    await until(() => model.find(id)?.workers?.joined === 2);
    const details = new DetailsModel(call, id, model);
    details.workers.want(0, 1);
    await until(() => details.workers.total === 2);
    expect(details.workers.row(0)).toMatchObject({
      status: 'running',
      memoryLimitBytes: 400_000_000
    });
    details.dispose();
    const losses = new LossesModel(call, id, model);
    await until(() => losses.losses !== null);
    expect(losses.losses).toEqual([]);
    losses.dispose();

    const logs = new LogsModel(call, id);
    const view = show(ReactWidget.create(createElement(LogsView, { model: logs, trans })));
    await until(() => view.querySelector('pre')?.textContent.includes('Register') === true);
    expect(view.textContent).toContain('Scheduler');
    await logs.search('register worker');
    await until(() => view.querySelector('.jp-hepbatch-Found button') !== null);
    expect(logs.found?.lines.length).toBeGreaterThanOrEqual(2);
    view.querySelector<HTMLButtonElement>('.jp-hepbatch-Found button')?.click();
    await until(() => view.querySelector('pre')?.textContent.includes('Register') === true);
    // What is written later comes by itself.
    const length = logs.text.length;
    await model.adapt(id, { minimum: 0, maximum: 1, idleSeconds: 1 });
    await until(() => logs.text.length > length);
    expect(model.find(id)?.mode).toMatchObject({ kind: 'adaptive', maximum: 1 });

    await model.stop(id);
    await until(() => model.find(id)?.state === 'stopped');
    // Logs of what ended can be read.
    logs.choose('scheduler.log');
    logs.dispose();
    await model.remove(id);
    expect(model.find(id)).toBeUndefined();
  }
);

it('remembers the last choices of the connection, but for the name', async () => {
  const { form, node } = await openForm();
  await until(() => form.environments.isLoaded);
  expect(control(node, 'Memory').value).toBe('400MB');
  expect(control(node, 'Name').value).toBe('');
  expect(form.environments.chosen).toEqual({ kind: 'python', path: python });
  form.dispose();
});
