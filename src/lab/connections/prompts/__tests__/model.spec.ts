// @vitest-environment node
import { Signal } from '@lumino/signaling';
import { afterEach, expect, it } from 'vitest';
import type { AgentEvent } from '../../../../contract';
import { openRealConnections, prompt } from '../../__tests__/real-connections';
import { PromptsModel } from '../model';

const opened: { dispose(): void }[] = [];
afterEach(() => opened.splice(0).forEach(one => one.dispose()));

const QUESTION = {
  title: 'hepuser@lxplus.cern.ch',
  text: 'Password: ',
  kind: 'secret',
  hostKey: null,
  again: false
} as const;

/** A model on the real prompts; its clock is `skew` milliseconds ahead of theirs. */
function open(skew = 0) {
  const real = openRealConnections();
  const tab = () => {
    const model = new PromptsModel(real.call, real.heard, () => Date.now() + skew);
    opened.push(model);
    return model;
  };
  const model = tab();
  opened.push(real.prompts);
  /** Somebody asks; resolves with the answer. */
  const ask = (text: string, signal = new AbortController().signal) =>
    real.prompts.ask('lxplus', { ...QUESTION, text }, signal);
  const texts = (of = model) => of.prompts.map(({ prompt: { text } }) => text);
  const first = (of = model) => of.prompts[0]?.prompt.id ?? '';
  return { ...real, model, tab, ask, texts, first };
}

it('has what was asked before and what is asked now, the oldest first', async () => {
  const { model, ask, texts } = open();
  void ask('a');
  void ask('b');
  expect(texts()).toEqual(['a', 'b']);
  const late = open();
  late.deafen();
  void late.ask('c');
  await late.model.refresh();
  expect(late.texts()).toEqual(['c']);
  await model.refresh();
  expect(texts()).toEqual(['a', 'b']);
});

it('hands an answer over once, as it was typed, and keeps nothing of it', async () => {
  const { model, ask, texts, first } = open();
  const asked = ask('a');
  const typed = ' pass word\u00e9 ';
  const id = first();
  await Promise.all([model.answer(id, typed), model.answer(id, 'second')]);
  expect(await asked).toEqual({ how: 'answered', answer: typed });
  expect(texts()).toEqual([]);
  const kept = Object.entries(model).filter(([name]) => !/call|heard|Changed/.test(name));
  expect(JSON.stringify(kept)).not.toContain('pass');
});

it('closes in every tab when one answers, and the slower answer is no fault', async () => {
  const { model, tab, ask, texts, first } = open();
  const other = tab();
  const asked = ask('a');
  expect(texts(other)).toEqual(['a']);
  await Promise.all([model.answer(first(), 'one'), other.answer(first(other), 'two')]);
  expect(await asked).toMatchObject({ how: 'answered' });
  expect([...texts(), ...texts(other)]).toEqual([]);
});

it('goes away when it is cancelled here, or who asked takes it back', async () => {
  const { model, ask, texts, first } = open();
  const gone = new AbortController();
  const asked = [ask('a'), ask('b', gone.signal)];
  await model.cancel(first());
  expect(await asked[0]).toEqual({ how: 'cancelled' });
  expect(texts()).toEqual(['b']);
  gone.abort();
  expect(texts()).toEqual([]);
});

it('stays, with the reason, where the answer could not be handed over', async () => {
  const heard = new Signal<object, AgentEvent>({});
  const model = new PromptsModel(() => Promise.reject(new Error('cut')), heard);
  opened.push(model);
  heard.emit({ sequence: 1, topic: 'prompt', prompt: prompt('a') });
  await model.answer('a', 'x');
  expect(model.prompts).toMatchObject([{ prompt: { id: 'a' }, failure: { message: 'cut' } }]);
});

it('does not bring back what was closed while an answer was on its way', async () => {
  const { model, ask, texts, during } = open();
  const gone = new AbortController();
  void ask('a', gone.signal);
  during(() => {
    gone.abort();
    during(() => undefined);
    void ask('b');
  });
  await model.refresh();
  expect(texts()).toEqual(['b']);

  const heard = new Signal<object, AgentEvent>({});
  const cut = new PromptsModel(() => {
    heard.emit({ sequence: 2, topic: 'prompt-closed', id: 'x', how: 'answered' });
    return Promise.reject(new Error('cut'));
  }, heard);
  opened.push(cut);
  heard.emit({ sequence: 1, topic: 'prompt', prompt: prompt('x') });
  await cut.answer('x', 'y');
  expect(cut.prompts).toEqual([]);
});

it('forgets after a reset what is no longer asked, and is silent once it is disposed', async () => {
  const { heard, model, ask, texts } = open();
  heard.emit({ sequence: 1, topic: 'prompt', prompt: prompt('ghost') });
  void ask('b');
  expect(texts()).toEqual(['Password: ', 'b']);
  heard.emit({ sequence: 0, topic: 'reset' });
  await expect.poll(() => texts()).toEqual(['b']);
  model.dispose();
  void ask('late');
  expect(texts()).toEqual(['b']);
});

it('gives the full time to what is asked now, whatever the clocks say', async () => {
  for (const skew of [-3_600_000, 3_600_000]) {
    const { model, ask } = open(skew);
    void ask('a');
    const left = (model.prompts[0]?.deadline ?? 0) - Date.now() - skew;
    expect(left / 1000).toBeCloseTo(120, 0);
  }
  const { model, ask, deafen } = open(30_000);
  deafen();
  void ask('a');
  await model.refresh();
  expect(((model.prompts[0]?.deadline ?? 0) - Date.now()) / 1000).toBeCloseTo(120, 0);
});
