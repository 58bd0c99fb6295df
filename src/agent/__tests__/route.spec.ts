import { Hono } from 'hono';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { AgentInfo, HepbatchError, get, post } from '../../contract';
import { EventHub } from '../events';
import { answerError, answerUnknownPath, route, routeEvents } from '../route';
import { ask, follow, serveHere, until } from './served';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(agent => agent.close()));
});

async function serve(...args: Parameters<typeof serveHere>) {
  const served = await serveHere(...args);
  open.push(served.agent);
  return served;
}

function appOf(run: (n: number) => Promise<unknown>) {
  const told: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (m: string) => told.push(m) };
  const app = new Hono();
  app.onError(answerError(log));
  app.notFound(answerUnknownPath);
  const reply = z.object({ n: z.int() });
  const double = post('/double', z.object({ n: z.int().default(1) }), reply);
  route(app, double, async ({ n }) => (await run(n)) as z.input<typeof reply>);
  route(app, get('/three', reply), () => Promise.resolve({ n: 3, secret: 'x' }));
  return { app, told };
}

async function posted(app: Hono, body: BodyInit) {
  const answer = await app.request('/double', { method: 'POST', body });
  return { status: answer.status, said: (await answer.json()) as unknown };
}
const saying = (pattern: RegExp) => expect.stringMatching(pattern) as string;

it('checks what comes in and lets nothing else out', async () => {
  const { app } = appOf(n => Promise.resolve({ n: 2 * n, more: true }));
  expect(await posted(app, '{"n": 4}')).toEqual({ status: 200, said: { n: 8 } });
  expect(await posted(app, '{}')).toEqual({ status: 200, said: { n: 2 } });
  expect(await (await app.request('/three')).json()).toEqual({ n: 3 });
  const wrong = { code: 'bad-request', message: saying(/\/double.*at n/s) };
  expect(await posted(app, '{"n": "x"}')).toMatchObject({ status: 400, said: wrong });
  const torn = { code: 'bad-request', message: saying(/not JSON/) };
  expect(await posted(app, '{"n": ')).toMatchObject({ status: 400, said: torn });
  expect(await posted(app, '')).toMatchObject({ status: 400, said: torn });
});

it('answers with the failure, its status, and a line in the log only for our own faults', async () => {
  const gone = new HepbatchError('not-found', 'no x', { next: 'look', id: 3 });
  const known = appOf(() => Promise.reject(gone));
  const said = { code: 'not-found', message: 'no x', data: { next: 'look', id: 3 } };
  expect(await posted(known.app, '{}')).toEqual({ status: 404, said });
  expect(known.told).toEqual([]);
  for (const run of [
    () => Promise.reject(new TypeError('oops')),
    () => Promise.resolve({ n: 'x' })
  ]) {
    const ours = appOf(run);
    const internal = { code: 'internal', message: saying(/^POST \/double: /) };
    expect(await posted(ours.app, '{}')).toMatchObject({ status: 500, said: internal });
    expect(ours.told).toEqual(['POST /double']);
  }
  const answer = await known.app.request('/nowhere');
  expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not-found' }]);
});

it('says over the socket who it is, and which audits there are', async () => {
  const { socket, agent } = await serve({ report: id => Promise.reject(noSuch(id)) });
  const { status, said } = await ask(socket, 'GET', '/agent');
  expect(status).toBe(200);
  expect(AgentInfo.parse(said)).toMatchObject({ version: '1.2.3', pid: process.pid, contract: 2 });
  expect(await ask(socket, 'GET', '/audits')).toEqual({ status: 200, said: [] });
  const missing = { status: 404, said: { code: 'not-found', message: 'no audit x' } };
  expect(await ask(socket, 'POST', '/audits/report', '{"id":"x"}')).toMatchObject(missing);
  expect(agent.log).toBeDefined();
});

it('refuses a body that is too large, and goes on', async () => {
  const { socket } = await serve();
  const large = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
  const refused = ask(socket, 'POST', '/audits/report', large);
  const message = saying(/larger than 67108864 bytes/);
  expect(await refused).toMatchObject({ status: 400, said: { code: 'bad-request', message } });
  expect(await ask(socket, 'GET', '/audits')).toMatchObject({ status: 200 });
});

it('streams messages, and what was missed in between, over the socket', async () => {
  const { socket, events } = await serve();
  const say = (id: string) => events.publish({ topic: 'audit-removed', id });
  const first = await follow(socket, null);
  expect(first.answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store'
  });
  await until(() => first.stream.id !== ''); // before anything was said
  say('a\nb');
  await until(() => first.heard.length === 1);
  expect(first.heard).toMatchObject([{ topic: 'audit-removed', id: 'a\nb' }]);
  first.leave();
  say('c');
  say('d');
  const again = await follow(socket, Number(first.stream.id));
  await until(() => again.heard.length === 2);
  expect(again.heard.map(({ id }) => id)).toEqual(['c', 'd']);
  const header = await follow(socket, 0, { 'last-event-id': again.stream.id });
  say('e');
  await until(() => header.heard.length === 1);
  expect(header.heard).toMatchObject([{ id: 'e' }]);
  const stranger = await follow(socket, 17);
  await until(() => stranger.heard.length === 1);
  expect(stranger.heard).toEqual([{ topic: 'reset', sequence: events.newest }]);
  const odd = { status: 400, said: { code: 'bad-request' } };
  expect(await ask(socket, 'GET', '/events?since=x')).toMatchObject(odd);
});

it('knows when a client left', async () => {
  const { socket, events } = await serve();
  const counts: number[] = [];
  events.onClients = count => counts.push(count);
  const client = await follow(socket, null);
  client.leave();
  await until(() => counts.length === 2);
  expect(counts).toEqual([1, 0]);
});

it('keeps nothing for a client that does not read, and then says so or catches up', async () => {
  const { socket, events } = await serve();
  const client = await follow(socket, null);
  client.answer.pause();
  const heavy = 'x'.repeat(20_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 5000; i++) {
    events.publish({ topic: 'audit-removed', id: `${i} ${heavy}` }); // 100 MB in all
    if (i % 50 === 0) {
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
  client.answer.resume();
  await until(() => client.heard.at(-1)?.sequence === events.newest);
  const resets = client.heard.filter(({ topic }) => topic === 'reset');
  expect(resets).toHaveLength(1);
  expect(client.heard.length).toBeLessThan(2000);
});

it('shows that a silent stream lives, and ends it with the hub', async () => {
  const app = new Hono();
  const hub = new EventHub();
  routeEvents(app, hub, 5);
  const body = (await app.request('/events')).body?.getReader();
  const texts: string[] = [];
  for (let i = 0; i < 3; i++) {
    texts.push(new TextDecoder().decode((await body?.read())?.value));
  }
  expect(texts).toEqual(['id: 0\n\n', ':\n\n', ':\n\n']);
  hub.close();
  let end = await body?.read();
  while (end?.done === false) {
    end = await body?.read();
  }
  expect(end?.done).toBe(true);
});

function noSuch(id: string): HepbatchError {
  return new HepbatchError('not-found', `no audit ${id}`, { next: '' });
}
