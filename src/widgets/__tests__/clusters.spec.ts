import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { afterEach, expect, it } from 'vitest';
import type { Call, ClusterOptions } from '../../contract';
import { until } from '../../lab/__tests__/real-agent';
import { button, control, fill } from '../../lab/connections/__tests__/views';
import { readSize } from '../cluster-size';
import { clusterView, ClusterWidgetModel } from '../clusters';
import { modelOf } from './kernel';
import { kernelOfCluster } from './kernel-of-cluster';

const ends: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(ends.splice(0).map(end => end())));

async function open(options: ClusterOptions, serverCall: Call | null = null) {
  const { kernel, clusters, tellTo, end } = await kernelOfCluster(options);
  ends.push(end);
  const { model, event } = modelOf(ClusterWidgetModel, kernel);
  tellTo(event);
  const View = clusterView(serverCall, nullTranslator.load('hepbatch'));
  const view = new View({ model, el: document.createElement('div') });
  document.body.append(view.el);
  view.render();
  view.trigger('displayed');
  MessageLoop.flush();
  await until(() => view.el.querySelector('form') !== null);
  return { node: view.el, clusters, model, view };
}

it('has a form first, and then state, size and verbs', { timeout: 120_000 }, async () => {
  const { node, clusters, model } = await open({ workers: 3, memory: '300MB', tls: true });
  expect(node.textContent).toContain('mine');
  expect(node.textContent).toContain('on dask-local');
  expect(control(node, 'Workers').value).toBe('3');
  button(node, 'Preview')?.click();
  await until(() => node.querySelector('section') !== null);
  expect(node.querySelector('section')?.textContent).toContain('there are no jobs');

  fill(control(node, 'Workers'), '1');
  button(node, 'Start')?.click();
  await until(() => node.textContent.includes('starting'));
  expect(button(node, 'Stop')).toBeDefined();
  expect(button(node, 'Start')).toBeUndefined();
  await until(() => node.textContent.includes('1 worker'));
  const [cluster] = await clusters.list();
  expect(cluster?.mode).toEqual({ kind: 'fixed', workers: 1 });
  // Nothing of it is saved with the notebook.
  expect(JSON.stringify(model.get_state())).not.toContain(cluster?.id);

  await until(() => button(node, 'Scale')?.disabled === false);
  control(node, 'Adaptive').click();
  fill(control(node, 'At most'), '2');
  button(node, 'Scale')?.click();
  const adapted = async () => (await clusters.list())[0]?.mode?.kind === 'adaptive';
  while (!(await adapted())) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  await until(() => button(node, 'Stop')?.disabled === false);
  button(node, 'Stop')?.click();
  await until(() => node.textContent.includes('stopped'));
  expect(button(node, 'Stop')).toBeUndefined();
  expect(button(node, 'Copy client code')).toBeUndefined();
});

it('shows what the agent refuses, and can be tried again', async () => {
  const { node } = await open({ workers: 1, flavour: 'workday' });
  button(node, 'Start')?.click();
  await until(() => node.querySelector('[role="alert"]') !== null);
  expect(node.textContent).toContain('dask-local has no such field');
  expect(button(node, 'Start')?.disabled).toBe(false);
});

it('offers no button for what is no size', async () => {
  const { node } = await open({ adaptive: { minimum: 1, maximum: 4, idleSeconds: 9 } });
  expect(control(node, 'At least').value).toBe('1');
  fill(control(node, 'At least'), '9');
  await until(() => button(node, 'Start')?.disabled === true);
  expect(node.querySelector('[role="alert"]')?.textContent).toContain('not above the second');
});

it('ends with its cell', async () => {
  const { node, view, model } = await open({ workers: 0 });
  node.remove();
  view.remove();
  await model.close(true);
  expect(() => {
    model.trigger('msg:custom', { kind: 'event', event: { sequence: 1, topic: 'reset' } });
  }).not.toThrow();
});

it.each([
  ['4', '', '', false, { workers: 4, adaptive: null }],
  ['', '0', '2', true, { workers: 0, adaptive: { minimum: 0, maximum: 2 } }],
  ['-1', '', '', false, null],
  ['1.5', '', '', false, null],
  ['', '3', '2', true, null],
  ['', '0', '0', true, null],
  ['', '', '2', true, null]
])('reads %j, %j to %j', (workers, least, most, isAdaptive, size) => {
  expect(readSize(workers, least, most, isAdaptive)).toEqual(size);
});
