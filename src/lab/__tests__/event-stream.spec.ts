// @vitest-environment node
import { afterEach, expect, it } from 'vitest';
import { HepbatchError } from '../../contract';
import type { AgentEvent } from '../../contract';
import { serverEvents } from '../agent';
import { EventStream } from '../event-stream';
import { openAgent, settingsTo, until } from './real-agent';

const DELAYS = { first: 5, most: 20, silence: 60_000 };
const streams: EventStream[] = [];

afterEach(() => {
  streams.splice(0).forEach(stream => stream.dispose());
});

function follow(open: EventStream.IOptions['open'], delays: Partial<EventStream.IDelays> = DELAYS) {
  const stream = new EventStream({ open, delays });
  streams.push(stream);
  const heard: AgentEvent[] = [];
  const states: string[] = [];
  stream.heard.connect((_, event) => heard.push(event));
  stream.stateChanged.connect(() => states.push(stream.state));
  void stream.run();
  return { stream, heard, states };
}

/** The line of a real request: when that is given up its reader fails, and the agent hears of it. */
function cuttable(response: Response, signal: AbortSignal): Response {
  const reader = response.body?.getReader();
  const body = new ReadableStream<Uint8Array>({
    start: controller =>
      signal.addEventListener('abort', () => {
        controller.error(new Error('cut'));
        void reader?.cancel();
      }),
    pull: async controller => {
      const piece = await reader?.read();
      if (piece?.value !== undefined) {
        controller.enqueue(piece.value);
      }
    }
  });
  return new Response(body, { headers: response.headers });
}

const removed = (id: string) => ({ topic: 'audit-removed', id }) as const;

it('hears what the real agent says, and after a break what was said meanwhile', async () => {
  const { settings, events, asked } = await openAgent();
  const open = serverEvents(settings);
  let cut: () => void = () => undefined;
  const { stream, heard, states } = follow(async (since, signal) => {
    const line = new AbortController();
    cut = () => line.abort();
    return cuttable(await open(since, signal), line.signal);
  });
  await until(() => stream.state === 'up');
  events.publish(removed('first'));
  await until(() => heard.length === 2);
  cut();
  await until(() => stream.state === 'lost');
  events.publish(removed('second'));
  await until(() => heard.length === 3);
  // What was said before the line was first open nobody heard: that is asked for.
  expect(heard.map(event => (event.topic === 'audit-removed' ? event.id : event.topic))).toEqual([
    'reset',
    'first',
    'second'
  ]);
  expect(states).toEqual(['starting', 'up', 'lost', 'up']);
  expect(asked.at(-1)).toBe('/events?since=1');
});

it('hears a reset when another agent answers after the first was killed', async () => {
  const first = await openAgent();
  const second = await openAgent(undefined, 1_000_000);
  let agent = first;
  const { stream, heard } = follow((since, signal) => serverEvents(agent.settings)(since, signal));
  await until(() => stream.state === 'up');
  first.events.publish(removed('x'));
  await until(() => heard.length === 2);
  agent = second;
  first.events.close();
  await until(() => heard.length === 3);
  expect(heard[2]?.topic).toBe('reset');
  expect(stream.state).toBe('up');
  expect(stream.failure).toBeNull();
});

it('says once that there is no Node, and waits for retry', async () => {
  let attempts = 0;
  const { settings } = await openAgent();
  const broken = new HepbatchError('unsupported', 'no Node was found', { next: 'Install it.' });
  const { stream, states } = follow((since, signal) => {
    attempts += 1;
    return attempts <= 2 ? Promise.reject(broken) : serverEvents(settings)(since, signal);
  });
  await until(() => stream.state === 'absent');
  expect(stream.failure).toMatchObject({
    message: 'no Node was found',
    data: { next: 'Install it.' }
  });
  await new Promise(resolve => setTimeout(resolve, 60));
  expect(attempts).toBe(1);
  stream.retry();
  await until(() => attempts === 2);
  await new Promise(resolve => setTimeout(resolve, 10));
  expect(states).toEqual(['starting', 'absent']);
  stream.retry();
  await until(() => stream.state === 'up');
  expect(stream.failure).toBeNull();
});

it('tries again by itself while nobody answers, and asks for everything when somebody does', async () => {
  let isDown = true;
  const { settings } = await openAgent();
  const { stream, heard, states } = follow(async (since, signal) => {
    if (isDown) {
      throw new HepbatchError('unreachable', 'nobody', { next: 'Wait.' });
    }
    return serverEvents(settings)(since, signal);
  });
  await until(() => stream.state === 'absent');
  isDown = false;
  await until(() => stream.state === 'up');
  expect(states).toEqual(['starting', 'absent', 'up']);
  expect(heard.map(({ topic }) => topic)).toEqual(['reset']);
});

it('gives up a line on which nothing is heard any more', async () => {
  let opened = 0;
  const { stream } = follow(
    (_since, signal) => {
      opened += 1;
      const body = new ReadableStream<Uint8Array>({
        start: controller =>
          signal.addEventListener('abort', () => controller.error(new Error('gone')))
      });
      return Promise.resolve(new Response(body));
    },
    { ...DELAYS, silence: 20 }
  );
  await until(() => opened >= 2);
  expect(['up', 'lost']).toContain(stream.state);
});

it('asks for everything when it hears what it does not understand', async () => {
  const said = new TextEncoder().encode('id: 4\ndata: {"sequence":4,"topic":"weather"}\n\n');
  let opened = 0;
  const { heard } = follow(() => {
    opened += 1;
    return opened > 1
      ? new Promise<Response>(() => undefined)
      : Promise.resolve(new Response(said, { headers: { 'content-type': 'text/event-stream' } }));
  });
  await until(() => heard.length > 0);
  expect(heard[0]?.topic).toBe('reset');
});

it('rests, and hears then what was said meanwhile', async () => {
  const { settings, events, asked } = await openAgent();
  const open = serverEvents(settings);
  const { stream, heard, states } = follow(async (since, signal) =>
    cuttable(await open(since, signal), signal)
  );
  await until(() => stream.state === 'up');
  events.publish(removed('first'));
  await until(() => heard.at(-1)?.topic === 'audit-removed');
  const before = heard.length;
  stream.rest();
  await until(() => events.clients === 0);
  events.publish(removed('second'));
  stream.retry();
  await new Promise(resolve => setTimeout(resolve, 30));
  expect(asked.filter(path => path.startsWith('/events'))).toHaveLength(1);
  expect(heard).toHaveLength(before);
  stream.goOn();
  await until(() => heard.length === before + 1);
  expect(heard.at(-1)).toMatchObject({ topic: 'audit-removed', id: 'second' });
  expect(states).toEqual(['starting', 'up']);
});

it('is silent after it was disposed', async () => {
  const { settings, events } = await openAgent();
  const { stream, heard } = follow((...asked) => serverEvents(settings)(...asked));
  await until(() => heard.length === 1);
  stream.dispose();
  events.publish(removed('x'));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(heard).toHaveLength(1);
  expect(stream.isDisposed).toBe(true);
});

it('reads a refusal of the relay', async () => {
  const failure = { code: 'unsupported', message: 'no Node', data: { next: 'pip install' } };
  const settings = settingsTo(() => Promise.resolve(Response.json(failure, { status: 501 })));
  const { stream } = follow(serverEvents(settings));
  await until(() => stream.state === 'absent');
  expect(stream.failure).toEqual(failure);
});
