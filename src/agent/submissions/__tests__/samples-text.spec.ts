/** A samples JSON that is edited in the form: read as it stands, and run from what was written. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
  await mkdir(join(user.home, 'analysis'));
});

afterAll(async () => {
  await agent.close();
  await user.remove();
});

const at = (name: string) => join(user.home, 'analysis', name);
const ask = (asked: { runner?: string; samples?: string }) =>
  call(submissions.samples, {
    connection: 'vanilla-local',
    runner: asked.runner === undefined ? null : { kind: 'path', path: asked.runner },
    samples: asked.samples ?? null
  });

it('gives the text as it stands, broken or not, also from the home folder', async () => {
  const text = '{"GJet": [\n  "/data/é.root",\n';
  await writeFile(at('broken.json'), text);
  const answer = { path: at('broken.json'), name: 'broken.json', text };
  expect(await ask({ samples: at('broken.json') })).toEqual(answer);
  expect(await ask({ samples: '~/analysis/broken.json' })).toEqual(answer);
});

it('finds the one that the runner JSON names, beside it', async () => {
  await writeFile(at('runner.json'), '{"samplejson": "mine.json"}');
  await writeFile(at('mine.json'), '{"GJet": []}');
  expect(await ask({ runner: at('runner.json') })).toEqual({
    ...{ path: at('mine.json'), name: 'mine.json', text: '{"GJet": []}' }
  });
});

it('says why there is none to edit', async () => {
  await expect(ask({ samples: at('not-there.json') })).rejects.toMatchObject({
    code: 'not-found',
    message: `this machine: there is no samples JSON ${at('not-there.json')}`
  });
  await expect(ask({})).rejects.toMatchObject({ code: 'bad-request' });
  await writeFile(at('nameless.json'), '{}');
  await expect(ask({ runner: at('nameless.json') })).rejects.toMatchObject({
    code: 'bad-request',
    data: { next: 'Name the samples JSON.' }
  });
  await writeFile(at('long.json'), 'x'.repeat(1024 * 1024 + 1));
  await expect(ask({ samples: at('long.json') })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('1.0 MB, too much') as string
  });
});

it(
  'runs, remembers, retries and reproduces what was written, with no file of it',
  { timeout: 120_000 },
  async () => {
    const samples = { Typed: await user.files('typed_1', 'typed_bad') };
    const token = randomUUID();
    const request = user.request(samples, {
      samples: { kind: 'content', name: 'written.json', json: samples }
    });
    await call(submissions.submit, { token, request });
    const done = await until(call, token, ({ state }) => state === 'done');
    expect(done.counts).toEqual({ succeeded: 1, failed: 1 });
    const remembered = await call(submissions.request, { token });
    expect(remembered.samples).toEqual({ kind: 'content', name: 'written.json', json: samples });

    const input = await call(submissions.input, { token, cluster: 'AN-Typed', proc: 1 });
    expect(JSON.parse(await readFile(input.samplesJson, 'utf8'))).toEqual({
      Typed: [samples.Typed[1]]
    });
    expect(input.reproduce).toContain('AN-Typed.sh');

    const child = randomUUID();
    await call(submissions.retry, { token, child });
    const again = await until(call, child, ({ state }) => state === 'done');
    expect(again.counts).toEqual({ failed: 1 });
  }
);
