/** Submissions on this machine, through the real agent and real local jobs. */
import { randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { submissions } from '../../../contract';
import type { Call } from '../../../contract';
import type { IAgent } from '../../serve';
import { User, until } from './user';

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

const TIMEOUT = { timeout: 120_000 };

it('submits, says what failed, and runs exactly that again', TIMEOUT, async () => {
  const samples = {
    GJet: await user.files('gjet_1', 'gjet_bad'),
    Data: await user.files('data_1')
  };
  const token = randomUUID();
  const request = user.request(samples, { options: { output: user.output } });
  const begun = await call(submissions.submit, { token, request });
  expect(begun).toMatchObject({ token, state: 'prepared', analysis: 'analysis' });
  const done = await until(call, token, ({ state }) => state === 'done');
  expect(done.counts).toEqual({ succeeded: 2, failed: 1 });
  expect(done.groups).toMatchObject([
    { state: 'failed', jobs: 1, words: expect.stringContaining('OSError') as string }
  ]);
  const { jobs } = await call(submissions.jobs, { token });
  expect(jobs).toHaveLength(3);

  const child = randomUUID();
  const retried = await call(submissions.retry, { token, child });
  expect(retried.child).toMatchObject({ token: child, parent: token });
  const again = await until(call, child, ({ state }) => state === 'done');
  expect(again.counts).toEqual({ failed: 1 });
  expect(await readdir(user.output)).toEqual(['data_1.root.ran', 'gjet_1.root.ran']);
  expect(await readFile(join(user.output, 'gjet_1.root.ran'), 'utf8')).toBe('once\n');
});
