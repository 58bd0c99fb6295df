// @vitest-environment node
import { expect, it } from 'vitest';
import { audits } from '../../contract';
import { openAgent } from '../../lab/__tests__/real-agent';
import { CommCall } from '../comm-call';
import type { IAsk } from '../comm-call';

/** A road whose kernel passes everything on to the real agent. */
async function open() {
  const { app } = await openAgent();
  const asked: IAsk[] = [];
  const road: CommCall = new CommCall(ask => {
    asked.push(ask);
    void (async () => {
      const { id, method, path, body } = ask;
      const init = method === 'GET' ? {} : { method, body: JSON.stringify(body) };
      const response = await app.request(path, init);
      const said: unknown = await response.json();
      road.take({ kind: 'answer', id, status: response.status, body: said });
    })();
  });
  return { road, asked };
}

it('asks the real agent through the kernel', async () => {
  const { road, asked } = await open();
  await expect(road.call(audits.list, undefined)).resolves.toEqual([]);
  expect(asked).toEqual([{ kind: 'ask', id: 1, method: 'GET', path: '/audits', body: null }]);
});

it('passes on what the agent refuses', async () => {
  const { road } = await open();
  await expect(road.call(audits.read, { id: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('nobody') as string
  });
});

it('gives each answer to its question, in whatever order they come', async () => {
  const asked: IAsk[] = [];
  const road = new CommCall(ask => asked.push(ask));
  const names = { id: 'x', kind: 'stale', limit: 1 } as const;
  const answers = [road.call(audits.names, names), road.call(audits.names, names)];
  for (const { id } of [...asked].reverse()) {
    const body = { total: id, rows: [`answer to ${id}`] };
    road.take({ kind: 'answer', id, status: 200, body });
  }
  expect(await Promise.all(answers)).toEqual([
    { total: 1, rows: ['answer to 1'] },
    { total: 2, rows: ['answer to 2'] }
  ]);
});

it('gives up a kernel that does not answer, and says that it is busy or gone', async () => {
  const road = new CommCall(() => undefined, 10);
  await expect(road.call(audits.list, undefined)).rejects.toMatchObject({
    code: 'timed-out',
    message: expect.stringContaining('busy or gone') as string
  });
});

it('ends all questions when the widget is closed', async () => {
  const road = new CommCall(() => undefined);
  const asking = road.call(audits.list, undefined);
  road.dispose();
  await expect(asking).rejects.toMatchObject({ code: 'timed-out' });
});

it('passes over what is no answer, and what does not fit the contract', async () => {
  let id = 0;
  const road = new CommCall(ask => (id = ask.id));
  const asking = road.call(audits.list, undefined);
  for (const noise of [null, 'x', { kind: 'answer' }, { kind: 'answer', id: 99, status: 200 }]) {
    road.take(noise);
  }
  road.take({ kind: 'answer', id, status: 200, body: [{ wrong: true }] });
  await expect(asking).rejects.toMatchObject({ code: 'unreachable' });
});
