// @vitest-environment node
import { expect, it } from 'vitest';
import { agent, audits } from '../../contract';
import { serverCall, serverEvents } from '../agent';
import { agentRuns } from '../look-for-agent';
import { openAgent, settingsTo } from './real-agent';

const answering = (body: string, status: number) =>
  serverCall(settingsTo(() => Promise.resolve(new Response(body, { status }))));

it('asks the real agent and checks what it says', async () => {
  const { settings, asked } = await openAgent();
  const call = serverCall(settings);
  await expect(call(agent.info, undefined)).resolves.toMatchObject({ name: 'hepbatch' });
  await expect(call(audits.list, undefined)).resolves.toEqual([]);
  expect(asked).toEqual(['/agent', '/audits']);
});

it('passes on what the agent refuses, with its next step', async () => {
  const call = serverCall((await openAgent()).settings);
  await expect(call(audits.read, { id: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('nobody') as string,
    data: { next: expect.any(String) as string }
  });
});

it('does not take an unanswered change for one that was not made', async () => {
  const call = answering('<h1>504 Gateway Time-out</h1>', 504);
  await expect(call(audits.cancel, { id: 'x' })).rejects.toMatchObject({ code: 'unknown-outcome' });
  await expect(call(audits.list, undefined)).rejects.toMatchObject({ code: 'unreachable' });
});

it('does not take an answer that does not fit the contract', async () => {
  const call = answering('[{"id": 7}]', 200);
  await expect(call(audits.list, undefined)).rejects.toMatchObject({ code: 'unreachable' });
});

it('says what to do where the Jupyter server does not know hepbatch', async () => {
  const call = answering('<html>404 : Not Found</html>', 404);
  await expect(call(audits.list, undefined)).rejects.toMatchObject({
    code: 'unsupported',
    data: { next: expect.stringContaining('jupyter server extension enable') as string }
  });
});

it('says that the login ended where the server says so', async () => {
  const call = answering('<html>login</html>', 403);
  await expect(call(audits.list, undefined)).rejects.toMatchObject({ code: 'denied' });
});

it('says that nobody answered where the line is cut', async () => {
  const call = serverCall(settingsTo(() => Promise.reject(new TypeError('fetch failed'))));
  await expect(call(audits.list, undefined)).rejects.toMatchObject({ code: 'unreachable' });
});

it('does not take a page of HTML for the event stream', async () => {
  const open = serverEvents(
    settingsTo(() => Promise.resolve(new Response('<html>hub</html>', { status: 200 })))
  );
  await expect(open(null, new AbortController().signal)).rejects.toMatchObject({
    code: 'unreachable'
  });
});

it('learns whether an agent runs, and takes what it does not understand for none', async () => {
  const runs = (body: string, status: number) =>
    agentRuns(settingsTo(() => Promise.resolve(new Response(body, { status }))));
  expect(await runs('{"running": true}', 200)).toBe(true);
  expect(await runs('{"running": false}', 200)).toBe(false);
  expect(await runs('<html>login</html>', 200)).toBe(false);
  expect(await runs('{"running": true}', 403)).toBe(false);
  expect(await agentRuns(settingsTo(() => Promise.reject(new TypeError('cut'))))).toBe(false);
});
