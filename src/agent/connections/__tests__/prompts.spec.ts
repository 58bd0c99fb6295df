import { expect, it } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { EventHub } from '../../events';
import { Prompts } from '../prompts';
import { Clock } from './clock';

const question = {
  title: 'hepuser@host',
  text: 'Password: ',
  kind: 'secret',
  hostKey: null,
  again: false
} as const;

function open() {
  const clock = new Clock();
  const events = new EventHub();
  const heard: AgentEvent[] = [];
  events.subscribe(null, event => {
    heard.push(event);
    return true;
  });
  const prompts = new Prompts({ events, after: clock.after, now: clock.now });
  const ask = (signal = new AbortController().signal) => prompts.ask('lxplus', question, signal);
  const idOf = (i: number) => prompts.list()[i]?.id ?? '';
  return { clock, heard, prompts, ask, idOf };
}

it('shows a question to all, and hands over the first answer', async () => {
  const { prompts, ask, heard, idOf } = open();
  const answer = ask();
  const [prompt] = prompts.list();
  expect(prompt).toMatchObject({ ...question, connection: 'lxplus' });
  expect(heard).toMatchObject([{ topic: 'prompt', prompt }]);
  const id = idOf(0);
  prompts.answer(id, 's3cret');
  expect(await answer).toEqual({ how: 'answered', answer: 's3cret' });
  expect(heard.at(-1)).toMatchObject({ topic: 'prompt-closed', id, how: 'answered' });
  expect(prompts.list()).toEqual([]);
  expect(() => prompts.answer(id, 'late')).toThrow(expect.objectContaining({ code: 'conflict' }));
  expect(() => prompts.cancel(id)).toThrow(expect.objectContaining({ code: 'conflict' }));
  expect(() => prompts.answer('x', '')).toThrow(expect.objectContaining({ code: 'not-found' }));
});

it('keeps no answer, neither in itself nor in what it tells', async () => {
  const { prompts, ask, heard, idOf } = open();
  const answer = ask();
  prompts.answer(idOf(0), 's3cret');
  await answer;
  expect(JSON.stringify([heard, prompts])).not.toContain('s3cret');
});

it('waits two minutes, and no longer', async () => {
  const { clock, prompts, ask, heard } = open();
  const answer = ask();
  const [prompt] = prompts.list();
  expect(Date.parse(prompt?.expiresAt ?? '') - Date.parse(prompt?.askedAt ?? '')).toBe(120_000);
  clock.pass(119_999);
  expect(prompts.list()).toHaveLength(1);
  clock.pass(1);
  expect(await answer).toEqual({ how: 'expired' });
  expect(heard.at(-1)).toMatchObject({ topic: 'prompt-closed', how: 'expired' });
  expect(clock.waiting).toBe(0);
});

it('is cancelled by a client, by who asked, and by the end of the agent', async () => {
  const { clock, prompts, ask, idOf } = open();
  const stop = new AbortController();
  const answers = [ask(), ask(stop.signal), ask(), ask()];
  prompts.cancel(idOf(0));
  stop.abort();
  prompts.dispose();
  answers.push(ask(stop.signal));
  for (const answer of answers) {
    expect(await answer).toEqual({ how: 'cancelled' });
  }
  expect(prompts.list()).toEqual([]);
  expect(clock.waiting).toBe(0);
});
