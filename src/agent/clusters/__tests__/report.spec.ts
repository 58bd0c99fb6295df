/** Performance reports, through the real agent, the real supervisor and the real Dask. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusters } from '../../../contract';
import type { Call } from '../../../contract';
import type { IAgent } from '../../serve';
import { User, until } from './served';
import { daskPython } from '../../__tests__/jobs-python';

let user: User;
let agent: IAgent;
let call: Call;

beforeAll(async () => {
  user = await User.new();
  ({ agent, call } = await user.serve());
});

afterAll(async () => {
  await agent.close();
  await user.remove();
});

it('records between two calls, and says when the cluster went', { timeout: 180_000 }, async () => {
  const { id } = await call(clusters.start, {
    connection: 'dask-local',
    name: 'mine',
    interpreter: { kind: 'python', path: daskPython() },
    options: { workers: 1, memory: '400MB' }
  });
  const refused = {
    code: 'conflict',
    message: 'mine is starting: it cannot make a performance report now.'
  };
  await expect(call(clusters.record, { id, on: true })).rejects.toMatchObject(refused);
  const running = await until(call, id, ({ state }) => state === 'running');
  expect(running).toMatchObject({ recordingSince: null });
  expect(running.can).toContain('report');
  await expect(call(clusters.report, { id })).rejects.toMatchObject({ code: 'conflict' });

  const begun = await call(clusters.record, { id, on: true });
  expect(begun.recordingSince).not.toBeNull();
  const { size } = await call(clusters.report, { id });
  let html = '';
  while (html.length < size) {
    html += (await call(clusters.readReport, { id, offset: html.length })).text;
  }
  expect(html).toContain('Dask Performance Report');
  expect(html.trimEnd()).toMatch(/<\/html>$/);

  // Another agent of the same user knows of it, too.
  await agent.close();
  ({ agent, call } = await user.serve());
  const found = await until(call, id, ({ state }) => state === 'running');
  expect(found.recordingSince).toBe(begun.recordingSince);

  await call(clusters.stop, { id });
  const stopped = await until(call, id, ({ state }) => state === 'stopped');
  expect(stopped.recordingSince).toBeNull();
  await expect(call(clusters.report, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: 'mine is stopped: it cannot make a performance report now.'
  });
});
