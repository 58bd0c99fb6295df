import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXEC_PATH, ExecEnd, Failure, FrameReader } from '../../../contract';
import { until } from '../../__tests__/served';
import { serveConnections } from './served';

let served: Awaited<ReturnType<typeof serveConnections>>;
beforeAll(async () => {
  served = await serveConnections();
});
afterAll(() => served.agent.close());

/** Begins a command as the command line does. */
function begin(argv: readonly string[], more: object = {}) {
  const { socket } = served;
  const sent = request({ socketPath: socket, method: 'POST', path: EXEC_PATH });
  const head = { id: 'vanilla-local', argv, ...more };
  sent.write(`${JSON.stringify(head)}\n`);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  return { sent, answer };
}

/** Reads an answer to its end. */
async function read(answer: Promise<IncomingMessage>) {
  const reader = new FrameReader();
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let end: ExecEnd | null = null;
  for await (const piece of await answer) {
    for (const { kind, bytes } of reader.push(piece as Buffer)) {
      if (kind === 'end') {
        end = ExecEnd.parse(JSON.parse(Buffer.from(bytes).toString()));
      } else {
        parts[kind].push(bytes);
      }
    }
  }
  const { stdout, stderr } = parts;
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), end };
}

async function exec(argv: readonly string[], stdin = '', more: object = {}) {
  const { sent, answer } = begin(argv, more);
  sent.end(stdin);
  return read(answer);
}

it('says what the command says, and how it ended', async () => {
  const ran = await exec(['sh', '-c', 'cat; echo oops >&2; exit 3'], 'hello');
  expect(ran).toEqual({
    stdout: Buffer.from('hello'),
    stderr: 'oops\n',
    end: { end: 'exited', code: 3 }
  });
  const killed = await exec(['sh', '-c', 'kill -9 $$']);
  expect(killed.end).toEqual({ end: 'signal', signal: 'SIGKILL' });
  const absent = await exec(['no-such-program']);
  expect(absent.end).toMatchObject({ end: 'not-started' });
});

it('takes no argument apart', async () => {
  const words = ['$HOME', '; echo x', "it's", 'a\nb', '*', ''];
  const { stdout } = await exec(['printf', '<%s>', ...words]);
  expect(stdout.toString()).toBe(words.map(word => `<${word}>`).join(''));
});

it('begins where it is told to', async () => {
  expect((await exec(['pwd'], '', { cwd: '/usr' })).stdout.toString()).toBe('/usr\n');
});

it('streams both ways: an answer comes while the question goes on', async () => {
  const { sent, answer } = begin(['cat']);
  const reader = new FrameReader();
  let heard = '';
  const came = await answer;
  came.on('data', piece => {
    heard += reader
      .push(piece as Buffer)
      .map(({ kind, bytes }) => (kind === 'stdout' ? Buffer.from(bytes).toString() : kind))
      .join('');
  });
  sent.write('one');
  await until(() => heard === 'one');
  sent.write('two');
  await until(() => heard === 'onetwo');
  sent.end();
  await until(() => heard === 'onetwoend');
});

it('passes on many megabytes unchanged, also to a slow reader', async () => {
  const sent = randomBytes(20_000_000);
  const { sent: body, answer } = begin(['cat']);
  body.end(sent);
  const came = await answer;
  came.pause();
  await new Promise(resolve => setTimeout(resolve, 300));
  const { stdout, end } = await read(Promise.resolve(came));
  expect(end).toEqual({ end: 'exited', code: 0 });
  expect(stdout.equals(sent)).toBe(true);
});

it('keeps nothing for a client that does not read', async () => {
  const { sent, answer } = begin(['cat', '/dev/zero']);
  sent.on('error', () => undefined);
  const came = await answer;
  came.on('error', () => undefined).pause();
  const held = () => process.memoryUsage().arrayBuffers;
  const before = held();
  for (let i = 0; i < 50; i++) {
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(held() - before).toBeLessThan(30e6);
  }
  sent.destroy();
});

it('does not wait for what a command never reads', async () => {
  const { sent, answer } = begin(['true']);
  sent.write(Buffer.alloc(1_000_000));
  expect((await read(answer)).end).toEqual({ end: 'exited', code: 0 });
  sent.destroy();
});

it('ends the command when the client leaves, and is busy as long as it runs', async () => {
  const mark = `2718.${Date.now()}`;
  const { sent, answer } = begin(['sh', '-c', `sleep ${mark} & wait`]);
  sent.on('error', () => undefined);
  await answer;
  const isRunning = () => execFileSync('ps', ['-eo', 'args']).toString().includes(`sleep ${mark}`);
  await until(isRunning);
  expect(served.feature.busy).toBe(true);
  sent.destroy();
  await until(() => !isRunning());
  await until(() => !served.feature.busy);
});

it('refuses what is no command, before anything runs', async () => {
  for (const [head, pattern] of [
    ['{"id":"vanilla-local"}\n', /argv/],
    ['{"id":"vanilla-local","argv":[]}\n', /argv/],
    ['not json\n', /not JSON/],
    ['', /not JSON/]
  ] as const) {
    const sent = request({ socketPath: served.socket, method: 'POST', path: EXEC_PATH });
    const answer = new Promise<IncomingMessage>(resolve => sent.on('response', resolve));
    sent.end(head);
    const failure = Failure.parse(JSON.parse(await text(await answer)));
    expect([failure.code, pattern.test(failure.message)]).toEqual(['bad-request', true]);
  }
  const { answer, sent } = begin(['true'], { id: 'lxplus' });
  sent.end();
  expect(Failure.parse(JSON.parse(await text(await answer))).code).toBe('unreachable');
});

async function text(answer: IncomingMessage): Promise<string> {
  let said = '';
  for await (const piece of answer) {
    said += String(piece);
  }
  return said;
}
