import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Upstream } from '../../../../agent/clusters/dashboards/__tests__/upstream';
import { until } from '../../../__tests__/real-agent';
import type { AgentState, IAgent } from '../../../tokens';
import { DashboardFrame } from '../frame';
import { openRealDashboards } from './real-dashboards';

const trans = nullTranslator.load('hepbatch');
let real: ReturnType<typeof openRealDashboards>;
let upstream: Upstream;
let agent: Pick<IAgent, 'state' | 'stateChanged'> & { turn(state: AgentState): void };
const asked: string[] = [];

beforeEach(async () => {
  real = openRealDashboards();
  upstream = await new Upstream().begin();
  const changed = new Signal<IAgent, void>({} as IAgent);
  let state: AgentState = 'up';
  agent = {
    get state() {
      return state;
    },
    stateChanged: changed,
    turn: next => {
      state = next;
      changed.emit();
    }
  };
  asked.length = 0;
  await real.model.refresh();
});

afterEach(async () => {
  await real.dispose();
  await upstream.end();
});

function show(id: string, keepEvery = 600_000): DashboardFrame {
  return new DashboardFrame({
    model: real.model,
    agent,
    id,
    path: 'individual-cpu',
    baseUrl: 'http://lab/lab/',
    opener: connection => () => asked.push(connection),
    trans,
    keepEvery
  });
}

const frameOf = (widget: DashboardFrame) => widget.node.querySelector('iframe');
const words = (widget: DashboardFrame) => widget.node.querySelector('[role="status"]');

it('shows the page in a frame without rights, at an address of its own', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  const widget = show(id);
  await until(() => frameOf(widget) !== null);
  const [path] = [...real.granted];
  expect(frameOf(widget)?.src).toBe(`http://lab${path}individual-cpu`);
  expect(frameOf(widget)?.getAttribute('sandbox')).toBe('allow-scripts');
  widget.dispose();
  await until(() => real.granted.size === 0);
});

it('says why a dashboard is away, and shows it again when it is back', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  const widget = show(id);
  await until(() => frameOf(widget) !== null);
  await upstream.end();
  await real.known.read(id);
  await until(() => frameOf(widget) === null);
  expect(words(widget)?.textContent).toContain(upstream.address);
  expect(real.granted.size).toBe(0);
  words(widget)?.querySelector('button')?.click();
  expect(asked).toEqual(['dask-local']);
  await upstream.begin();
  await until(() => frameOf(widget) !== null);
  expect(words(widget)?.hasAttribute('hidden')).toBe(true);
  widget.dispose();
});

it('waits for a dashboard that is not known yet', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  await real.model.remove(id);
  const widget = show(id);
  expect(words(widget)?.textContent).toContain('as soon as it is found');
  await real.model.add('dask-local', upstream.address);
  await until(() => frameOf(widget) !== null);
  widget.dispose();
});

it('takes a new address after the agent or the Jupyter server was away', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  const widget = show(id);
  await until(() => frameOf(widget) !== null);
  const before = frameOf(widget)?.src;
  agent.turn('lost');
  expect(words(widget)?.hasAttribute('hidden')).toBe(false);
  expect(words(widget)?.textContent).toContain('Jupyter or the agent is away');
  // Bokeh draws a notice of its own over the page.
  expect(frameOf(widget)?.hidden).toBe(true);
  agent.turn('up');
  await until(() => frameOf(widget) !== null && frameOf(widget)?.src !== before);
  await until(() => real.granted.size === 1);
  expect(frameOf(widget)?.hidden).toBe(false);
  widget.dispose();
});

it('keeps its address for as long as it is there, seen or not', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  const widget = show(id, 20);
  await until(() => real.kept.length > 2);
  const [path] = [...real.granted];
  expect(new Set(real.kept)).toEqual(new Set([path]));
  expect(frameOf(widget)?.src).toBe(`http://lab${path}individual-cpu`);
  widget.dispose();
  await until(() => real.granted.size === 0);
  const after = real.kept.length;
  await new Promise(resolve => setTimeout(resolve, 100));
  expect(real.kept.length).toBe(after);
});

it('takes a new address when it is seen again and the old one is gone', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  const widget = show(id);
  Widget.attach(widget, document.body);
  await until(() => frameOf(widget) !== null);
  const before = frameOf(widget)?.src;
  document.dispatchEvent(new Event('visibilitychange'));
  await until(() => real.kept.length === 1);
  expect(frameOf(widget)?.src).toBe(before);
  widget.hide();
  real.granted.clear();
  widget.show();
  await until(() => frameOf(widget) !== null && frameOf(widget)?.src !== before);
  const path = new URL(frameOf(widget)?.src ?? '').pathname;
  expect(path.startsWith([...real.granted][0] ?? 'nowhere')).toBe(true);
  widget.dispose();
});

it('shows nothing that was left while it was being opened', async () => {
  const { id } = await real.model.add('dask-local', upstream.address);
  let opened = 0;
  real.whileOpening(() => {
    opened += 1;
    if (opened === 1) {
      agent.turn('lost');
      agent.turn('up');
    }
    return Promise.resolve();
  });
  const widget = show(id);
  await until(() => frameOf(widget) !== null);
  expect(opened).toBe(2);
  const path = new URL(frameOf(widget)?.src ?? '').pathname;
  await until(() => real.granted.size === 1);
  expect(path.startsWith([...real.granted][0] ?? 'nowhere')).toBe(true);
  widget.dispose();
});
