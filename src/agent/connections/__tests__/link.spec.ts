import { expect, it } from 'vitest';
import { HepbatchError } from '../../../contract';
import type { FailureCode } from '../../../contract';
import { EventHub } from '../../events';
import type { Ask } from '../asker';
import type { IHost } from '../hosts/host';
import { Link } from '../link';
import { Prompts } from '../prompts';
import { Clock } from './clock';

/** A host of which only the line matters. */
function line() {
  let lose: (reason: string) => void = () => undefined;
  const closed = { times: 0 };
  const lost = new Promise<string>(resolve => (lose = resolve));
  const close = () => {
    closed.times += 1;
    return Promise.resolve();
  };
  const host = { client: 'ssh2', title: 'user@node', lost, close } as Partial<IHost> as IHost;
  return { host, lose, closed };
}

const fault = (code: FailureCode) => new HepbatchError(code, `it is ${code}`, { next: 'x' });
const question = { title: 'user@node', text: 'Password: ', kind: 'secret', hostKey: null } as const;

type Attempt = (ask: Ask, signal: AbortSignal) => Promise<IHost>;

/** A link whose attempts at opening are given; it stays with the last of them. */
function linkOf(...attempts: Attempt[]) {
  const clock = new Clock();
  const prompts = new Prompts({ events: new EventHub(), after: clock.after, now: clock.now });
  const told: string[] = [];
  const logged: unknown[] = [];
  const looked = { times: 0 };
  let tries = 0;
  const log = (message: string, error?: unknown) => logged.push(message, error);
  const link: Link<number> = new Link<number>({
    address: { kind: 'local' },
    openHost: async (_address, ask, signal) => {
      const attempt = attempts[Math.min(tries++, attempts.length - 1)];
      return {
        host: await (attempt ?? (() => Promise.reject(new Error())))(ask, signal),
        clientWhy: 'w'
      };
    },
    look: () => Promise.resolve((looked.times += 1)),
    lookAgainMs: () => 600_000,
    prompts,
    log: { info: log, warn: log, error: log },
    after: clock.after,
    now: clock.now,
    random: () => 0.5,
    changed: () => told.push(link.status.paused ? 'paused' : link.status.state)
  });
  return { link, clock, prompts, told, logged, looked, tries: () => tries };
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

it('opens, looks at the host, and closes', async () => {
  const { host, closed } = line();
  const { link, told, looked, clock } = linkOf(() => Promise.resolve(host));
  const message = expect.stringMatching(/^The connection to .+ is closed\.$/) as unknown;
  expect(() => link.use()).toThrow(expect.objectContaining({ code: 'unreachable', message }));
  link.open('x');
  expect(link.status.state).toBe('opening');
  expect(link.busy).toBe(true);
  link.open('x'); // begun already
  await settle();
  expect(link.use()).toBe(host);
  expect(link.findings).toBe(1);
  expect(link.client).toEqual({ client: 'ssh2', clientWhy: 'w' });
  expect(link.status).toMatchObject({ state: 'open', openedAt: '2026-11-25T12:00:00.000Z' });
  expect(link.busy).toBe(false);
  // One that goes on may have seen what was before: who comes then gets the next.
  await Promise.all([link.look(), link.look(), link.look()]);
  expect(looked.times).toBe(3);
  clock.pass(600_000);
  await settle();
  expect(link.findings).toBe(4);
  await link.close();
  expect([link.status.state, link.findings, closed.times]).toEqual(['closed', null, 1]);
  expect(told.filter((state, i) => told[i - 1] !== state)).toEqual(['opening', 'open', 'closed']);
  expect(clock.waiting).toBe(0);
});

it('asks while it opens, and opens with the answer', async () => {
  const { host } = line();
  const { link, prompts, told } = linkOf(async (ask, signal) => {
    const answers = [
      await ask({ ...question, again: false }, signal),
      await ask({ ...question, again: true }, signal)
    ];
    return answers[1] === 'right' ? host : Promise.reject(fault('denied'));
  });
  link.open('lxplus');
  for (const answer of ['wrong', 'right']) {
    await settle();
    expect(link.status.state).toBe('asking');
    const [prompt] = prompts.list();
    expect(prompt?.connection).toBe('lxplus');
    prompts.answer(prompt?.id ?? '', answer);
  }
  await settle();
  expect(told.slice(0, 6)).toEqual(['opening', 'asking', 'opening', 'asking', 'opening', 'open']);
});

it('tells a refusal with its reason, an unanswered question, and none of a cancelled one', async () => {
  const answer = async (ask: Ask, signal: AbortSignal): Promise<IHost> => {
    const got = await ask({ ...question, again: false }, signal);
    throw fault(got === null ? 'cancelled' : 'denied');
  };
  const { link, prompts, clock } = linkOf(answer);
  const open = async () => {
    link.open('x');
    await settle();
    return prompts.list()[0]?.id ?? '';
  };
  prompts.answer(await open(), 'wrong');
  await settle();
  expect(link.status).toMatchObject({ state: 'failed', failure: { code: 'denied' } });
  prompts.cancel(await open());
  await settle();
  expect(link.status).toMatchObject({ state: 'closed', failure: null });
  await open();
  clock.pass(120_000);
  await settle();
  expect(link.status).toMatchObject({ state: 'failed', failure: { code: 'timed-out' } });
});

it('is closed while it asks: the question is taken back, and what comes late is closed', async () => {
  const { host, closed } = line();
  const { link, prompts } = linkOf(async (ask, signal) => {
    await ask({ ...question, again: false }, signal);
    return host;
  });
  link.open('x');
  await settle();
  await link.close();
  await settle();
  expect(prompts.list()).toEqual([]);
  expect([link.status.state, closed.times]).toEqual(['closed', 1]);
});

it('is lost and comes back, in growing steps', async () => {
  const first = line();
  const second = line();
  const { link, clock, told } = linkOf(
    () => Promise.resolve(first.host),
    () => Promise.reject(fault('unreachable')),
    () => Promise.reject(fault('timed-out')),
    () => Promise.resolve(second.host)
  );
  link.open('x');
  await settle();
  first.lose('it was silent');
  await settle();
  expect(first.closed.times).toBe(1);
  expect(link.status).toMatchObject({
    state: 'lost',
    paused: false,
    nextTryAt: '2026-11-25T12:00:02.000Z',
    failure: { code: 'connection-lost', message: expect.stringMatching(/silent/) as string }
  });
  expect(link.findings).toBe(1);
  expect(() => link.use()).toThrow(expect.objectContaining({ code: 'connection-lost' }));
  for (const seconds of [2, 4, 8]) {
    expect(clock.next).toBe(seconds * 1000);
    clock.pass(seconds * 1000);
    await settle();
  }
  expect(link.use()).toBe(second.host);
  const states = told.filter((state, i) => told[i - 1] !== state);
  expect(states.slice(2)).toEqual([
    'lost',
    'opening',
    'lost',
    'opening',
    'lost',
    'opening',
    'open'
  ]);
  // All is as at the beginning: the next loss begins with two seconds again.
  second.lose('again');
  await settle();
  expect(clock.next).toBe(2000);
});

it('pauses after five tries, and goes on by a click', async () => {
  const { host, lose } = line();
  const { link, clock, tries } = linkOf(
    () => Promise.resolve(host),
    () => Promise.reject(fault('unreachable'))
  );
  link.open('x');
  await settle();
  lose('gone');
  await settle();
  for (let n = 0; n < 5; n++) {
    expect(link.status.paused).toBe(false);
    clock.pass(clock.next ?? 0);
    await settle();
  }
  expect(tries()).toBe(6);
  expect(link.status).toMatchObject({ state: 'lost', paused: true, nextTryAt: null });
  expect(clock.waiting).toBe(0);
  link.open('x');
  await settle();
  expect(tries()).toBe(7);
  expect(link.status).toMatchObject({ state: 'lost', paused: false });
  expect(clock.next).toBe(2000);
});

it('pauses at once when it would need a person', async () => {
  const asking: Attempt = async (ask, signal) => {
    const answer = await ask({ ...question, again: false }, signal);
    throw fault(answer === null ? 'cancelled' : 'internal');
  };
  for (const attempt of [asking, () => Promise.reject(fault('denied'))]) {
    const { host, lose } = line();
    const { link, clock, prompts } = linkOf(() => Promise.resolve(host), attempt);
    link.open('x');
    await settle();
    lose('gone');
    await settle();
    clock.pass(2000);
    await settle();
    expect(prompts.list()).toEqual([]);
    expect(link.status).toMatchObject({ state: 'lost', paused: true, failure: { code: 'denied' } });
    link.open('x');
    await settle();
    expect(link.status.state).toBe(attempt === asking ? 'asking' : 'failed');
  }
});

it('takes a click while it opens by itself for a new try, with questions', async () => {
  const first = line();
  const second = line();
  const late = line();
  let finish: (host: IHost) => void = () => undefined;
  const { link, clock } = linkOf(
    () => Promise.resolve(first.host),
    () => new Promise<IHost>(resolve => (finish = resolve)),
    () => Promise.resolve(second.host)
  );
  link.open('x');
  await settle();
  first.lose('gone');
  await settle();
  clock.pass(2000);
  link.open('x');
  finish(late.host);
  await settle();
  expect(link.use()).toBe(second.host);
  expect([second.closed.times, late.closed.times]).toEqual([0, 1]);
});

it('is closed for good while it is lost', async () => {
  const { host, lose } = line();
  const { link, clock } = linkOf(() => Promise.resolve(host));
  link.open('x');
  await settle();
  lose('gone');
  await settle();
  await link.close();
  expect(clock.waiting).toBe(0);
  expect(link.status).toMatchObject({ state: 'closed', failure: null, nextTryAt: null });
});

it('puts no answer into its log', async () => {
  const { link, prompts, logged } = linkOf(async (ask, signal) => {
    await ask({ ...question, again: false }, signal);
    throw fault('denied');
  });
  link.open('x');
  await settle();
  prompts.answer(prompts.list()[0]?.id ?? '', 's3cret');
  await settle();
  expect(link.status.state).toBe('failed');
  expect(logged.map(String).join()).not.toContain('s3cret');
});
