/** Submissions on this machine, through the real agent and real local jobs. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

it('submits once what is asked for twice with one token', TIMEOUT, async () => {
  const token = randomUUID();
  const request = user.request({ Once: await user.files('once_1', 'once_2') });
  const before = await folders();
  const asked = await Promise.all(
    [1, 2, 3].map(() => call(submissions.submit, { token, request }))
  );
  expect(new Set(asked.map(({ folder }) => folder)).size).toBe(1);
  const done = await until(call, token, ({ state }) => state === 'done');
  expect(done.counts).toEqual({ succeeded: 2 });
  expect((await call(submissions.submit, { token, request })).state).toBe('done');
  expect((await folders()).length).toBe(before.length + 1);
  expect(await readFile(join(user.output, 'once_1.root.ran'), 'utf8')).toBe('once\n');
});

it('refuses what a check refuses, and keeps nothing of it', TIMEOUT, async () => {
  const token = randomUUID();
  const request = user.request({ Gone: [join(user.home, 'data/not-there.root')] });
  await expect(call(submissions.submit, { token, request })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('not-there.root') as string
  });
  await expect(call(submissions.read, { token })).rejects.toMatchObject({ code: 'not-found' });
});

it('says which JSON is not there, and on which host', async () => {
  const request = { ...user.request({}), runner: { kind: 'path', path: '/nope.json' } } as const;
  await expect(call(submissions.preview, { request })).rejects.toMatchObject({
    code: 'not-found',
    message: 'this machine: there is no runner JSON /nope.json'
  });
});

it('holds, releases and removes jobs, and forgets only what is over', TIMEOUT, async () => {
  const token = randomUUID();
  const files = await user.files('slow_1', 'slow_2');
  await call(submissions.submit, { token, request: user.request({ Slow: files }) });
  await until(call, token, ({ counts }) => (counts.running ?? 0) > 0);
  await expect(call(submissions.forget, { token })).rejects.toMatchObject({ code: 'conflict' });
  const all = { kind: 'all' } as const;
  const held = await call(submissions.hold, { token, jobs: all });
  expect(held.outcomes).toMatchObject([{ cluster: 'AN-Slow', jobs: 2, end: 'done' }]);
  expect(held.submission).toMatchObject({ state: 'submitted', counts: { held: 2 } });
  await call(submissions.release, { token, jobs: all });
  await until(call, token, ({ counts }) => (counts.running ?? 0) > 0);
  const { submission } = await call(submissions.remove, { token, jobs: all });
  expect(submission.counts).toEqual({ removed: 2 });
  expect(submission.can).toContain('forget');
  await call(submissions.forget, { token });
  const { submissions: left } = await call(submissions.list, undefined);
  expect(left.map(one => one.token)).not.toContain(token);
});

it('asks for an audit of its outputs, and for the missing files alone', TIMEOUT, async () => {
  const token = randomUUID();
  const files = await user.files('kept_1', 'kept_bad');
  const request = user.request(
    { Kept: files },
    { arguments: ['--chunk', '5000', '--skipbadfiles'], options: { limit: 2 } }
  );
  await call(submissions.submit, { token, request });
  await until(call, token, ({ state }) => state === 'done');
  const audit = await call(submissions.audit, { token });
  expect(audit).toMatchObject({ source: user.output, chunk: 5000, skipBadFiles: true, on: null });
  expect(JSON.parse(await readFile(audit.samplesJson, 'utf8'))).toEqual({ Kept: files });
  const missing = { Kept: [files[1] ?? ''] };
  const { request: next, parent } = await call(submissions.again, {
    token,
    missing: { kind: 'content', name: 'missing.json', json: missing }
  });
  expect(parent).toBe(token);
  expect(next.options.limit).toBeUndefined();
  const { counts } = await call(submissions.preview, { request: next });
  expect(counts).toMatchObject({ datasets: 1, jobs: 1, files: 1 });
  const log = await call(submissions.readLog, {
    ...{ token, cluster: 'AN-Kept', proc: 1, stream: 'error' }
  });
  expect(log.text).toContain('cannot be read');
  const job = await call(submissions.input, { token, cluster: 'AN-Kept', proc: 1 });
  expect(JSON.parse(job.text)).toEqual(missing);
});

it('is found again by the next agent, with all that was seen', TIMEOUT, async () => {
  const { submissions: before } = await call(submissions.list, undefined);
  await agent.close();
  ({ agent, call } = await user.serve());
  const { submissions: after } = await call(submissions.list, undefined);
  expect(after.map(({ token, counts, state }) => ({ token, counts, state }))).toEqual(
    before.map(({ token, counts, state }) => ({ token, counts, state }))
  );
});

it('lists what another agent of the same home made', TIMEOUT, async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'sub-'));
  const other = await user.serve({ XDG_RUNTIME_DIR: elsewhere });
  const token = randomUUID();
  const request = user.request({ Other: await user.files('other_1') });
  await other.call(submissions.submit, { token, request });
  const listed = async () =>
    (await call(submissions.list, undefined)).submissions.find(one => one.token === token);
  await vi.waitFor(
    async () => expect((await listed())?.clusters).toEqual({ submitted: 1 }),
    20_000
  );
  const done = await until(call, token, ({ state }) => state === 'done');
  expect(done.counts).toEqual({ succeeded: 1 });
  await other.agent.close();
  await rm(elsewhere, { recursive: true });
});

async function folders(): Promise<string[]> {
  return readdir(join(user.home, '.higgs_dna_vanilla_local'));
}
