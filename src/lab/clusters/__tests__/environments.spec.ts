/** The Pythons of a new cluster, looked at by the real agent. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createElement } from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { daskPython } from '../../../agent/__tests__/jobs-python';
import { until } from '../../__tests__/real-agent';
import { button, show } from '../../connections/__tests__/views';
import { useSignal } from '../../redraw';
import { EnvironmentPicker } from '../environment-picker';
import { EnvironmentsModel, isSame } from '../environments-model';
import { openRealClusters } from './real-clusters';

const trans = nullTranslator.load('hepbatch');
const python = daskPython();
let real: Awaited<ReturnType<typeof openRealClusters>>;
let bare: string;

/** A kernel of this user. */
function makeKernel(name: string, program: string): void {
  const folder = join(real.home, '.local', 'share', 'jupyter', 'kernels', name);
  mkdirSync(folder, { recursive: true });
  const spec = {
    argv: [program, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
    display_name: `The ${name}`,
    language: 'python'
  };
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(spec));
}

beforeAll(async () => {
  real = await openRealClusters();
  const folder = join(real.home, 'bare');
  execFileSync(python, ['-m', 'venv', '--without-pip', folder]);
  bare = join(folder, 'bin', 'python');
  makeKernel('bare', bare);
  makeKernel('dask', python);
});

afterAll(() => real.dispose());

/** The picker on a page, for a user whose notebook has that kernel. */
function open(kernel: string | null) {
  const model = new EnvironmentsModel(real.call, kernel);
  const Shown = () => {
    useSignal(model.stateChanged);
    return createElement(EnvironmentPicker, {
      model,
      own: undefined,
      hint: 'Which Python.',
      trans
    });
  };
  const widget = ReactWidget.create(createElement(Shown));
  const node = show(widget);
  const row = (title: string) => {
    const label = [...node.querySelectorAll('label')].find(one => one.textContent === title);
    const input = label?.control;
    return input instanceof HTMLInputElement ? { input, words: label?.parentElement } : null;
  };
  return {
    model,
    node,
    row,
    dispose: () => {
      widget.dispose();
      model.dispose();
    }
  };
}

it('chooses the kernel of the notebook, and greys what lacks Dask, with what mends it', async () => {
  const { model, row, node, dispose } = open('dask');
  await model.load('dask-local', null, false);
  await until(() => row('The dask')?.input.checked === true);
  await until(() => row('The bare')?.input.disabled === true);
  expect(row('The dask')?.words?.textContent).toMatch(/python 3\S+ · dask \d.* · distributed \d/);
  const words = row('The bare')?.words?.textContent;
  expect(words).toContain('missing');
  expect(words).toContain(`-m pip install`);
  expect(button(node, 'Copy the command that mends The bare')).toBeDefined();
  await model.add(bare);
  expect(model.chosen).toEqual({ kind: 'kernel', name: 'dask' });
  dispose();
});

it('says where the notebook differs from what is chosen', async () => {
  const { model, node, dispose } = open('bare');
  await model.load('dask-local', null, false);
  await until(() => model.chosen !== null);
  await until(() => model.mismatches.length > 0);
  await until(() => node.textContent.includes('It differs from the kernel of your notebook'));
  model.mismatches.forEach(line => expect(node.textContent).toContain(line));
  dispose();
});

it('says why a Python that is named by hand cannot be used', async () => {
  const { model, node, dispose } = open(null);
  await model.load('dask-local', null, false);
  await model.add('no path');
  await until(() => node.querySelector('[role="alert"]') !== null);
  expect(model.failure?.code).toBe('bad-request');
  await model.add('/no/such/python');
  const added = model.environments.find(({ path }) => path.includes('/no/such/python'));
  expect(added).toMatchObject({ state: 'unknown' });
  dispose();
});

it('finds again what was named by hand, once, and on no other connection', async () => {
  const { model, row, dispose } = open(null);
  const wanted = { kind: 'python', path: bare } as const;
  await model.load('dask-local', wanted, false);
  const named = () => model.environments.filter(one => isSame(one.interpreter, wanted));
  expect(named()).toHaveLength(1);
  expect(model.chosen).toEqual(wanted);
  await model.add(bare);
  await model.refresh();
  expect(named()).toHaveLength(1);
  await model.load('vanilla-local', null, false);
  expect(named()).toEqual([]);
  await model.load('dask-local', { kind: 'kernel', name: 'gone' }, false);
  await until(() => row('The dask') !== null);
  expect(named()).toHaveLength(1);
  expect(model.chosen).not.toEqual({ kind: 'kernel', name: 'gone' });
  dispose();
});
