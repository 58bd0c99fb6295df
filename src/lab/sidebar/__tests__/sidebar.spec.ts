import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, expect, it, vi } from 'vitest';
import type { AgentEvent, Failure } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import type { AgentState, IAgent, ICount } from '../../tokens';
import { Sidebar } from '../sidebar';

const shown: Widget[] = [];

afterEach(() => shown.splice(0).forEach(widget => widget.dispose()));

/** An agent of which only the state matters. */
class StatedAgent implements IAgent {
  readonly call = () => Promise.reject(new Error('nobody asks here'));
  state: AgentState = 'unknown';
  failure: Failure | null = null;
  readonly stateChanged: Signal<IAgent, void> = new Signal<IAgent, void>(this);
  readonly heard: Signal<IAgent, AgentEvent> = new Signal<IAgent, AgentEvent>(this);
  readonly connect = vi.fn();
  readonly join = vi.fn(() => Promise.resolve());
  readonly retry = vi.fn();

  become(state: AgentState, message = ''): void {
    this.state = state;
    this.failure = { code: 'unsupported', message, data: { next: 'Install Node.' } };
    this.stateChanged.emit();
  }
}

class Count implements ICount {
  readonly changed: Signal<ICount, void> = new Signal<ICount, void>(this);
  value: number | null = null;
}

function open(states = new StateDB()) {
  const agent = new StatedAgent();
  const sidebar = new Sidebar({ agent, states, translator: nullTranslator });
  shown.push(sidebar);
  const count = new Count();
  const add = (id: string, rank: number) =>
    sidebar.add({ id, title: id, rank, count, toolbar: [], widget: new Widget() });
  const show = () => {
    Widget.attach(sidebar, document.body);
    MessageLoop.flush();
  };
  return { agent, sidebar, count, add, show, states };
}

it('starts no agent before somebody looks at it', () => {
  const { agent, show } = open();
  expect(agent.connect).not.toHaveBeenCalled();
  show();
  expect(agent.connect).toHaveBeenCalledOnce();
});

it('puts sections into the order of their ranks and counts beside their titles', () => {
  const { sidebar, add, count } = open();
  add('late', 50);
  add('early', 10);
  expect(sidebar.widgets.map(({ title }) => title.label)).toEqual(['early', 'late']);
  count.value = 3;
  count.changed.emit();
  expect(sidebar.widgets.map(({ title }) => title.label)).toEqual(['early (3)', 'late (3)']);
});

it('says in its place what is missing where there is no agent, and tries again on demand', async () => {
  const { agent, sidebar, show } = open();
  show();
  agent.become('absent', 'no Node was found');
  await until(() => sidebar.node.textContent.includes('no Node was found'));
  expect(sidebar.node.textContent).toContain('Install Node.');
  expect(sidebar.content.isHidden).toBe(true);
  sidebar.node.querySelector<HTMLElement>('[role="alert"] button')?.click();
  expect(agent.retry).toHaveBeenCalledOnce();
  agent.become('up');
  await until(() => !sidebar.node.textContent.includes('no Node was found'));
  expect(sidebar.content.isHidden).toBe(false);
});

it('keeps what it shows while a lost agent comes back, and says that it was lost', async () => {
  const { agent, sidebar, show } = open();
  show();
  agent.become('lost', 'the line broke');
  await until(() => sidebar.node.textContent.includes('The agent was lost'));
  expect(sidebar.content.isHidden).toBe(false);
});

it('remembers which sections were closed', async () => {
  const { sidebar, add, show, states } = open();
  add('audits', 10);
  add('clusters', 20);
  show();
  const save = vi.spyOn(states, 'save');
  sidebar.node.querySelectorAll<HTMLElement>('.jp-AccordionPanel-title')[1]?.click();
  await until(() => save.mock.calls.length > 0);
  await Promise.resolve();
  const again = open(states);
  again.add('audits', 10);
  again.add('clusters', 20);
  again.show();
  await until(() => again.sidebar.widgets[1]?.isHidden === true);
  expect(again.sidebar.widgets[0]?.isHidden).toBe(false);
});
