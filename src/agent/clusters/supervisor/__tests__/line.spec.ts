import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { LocalHost } from '../../../connections/hosts/local';
import { ask, follow } from '../line';

const host = new LocalHost({ env: {}, home: tmpdir() });
const MODE = { reply: { mode: { kind: 'fixed', workers: 2 } } };
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach(server => server.close()));

/** A socket whose owner does that to each line that comes. */
async function socketOf(answer: (line: string, socket: Socket) => void): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'line-')), 's.sock');
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', data => answer(data.toString('utf8'), socket));
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(path, resolve));
  return path;
}

const json = (said: unknown) => `${JSON.stringify(said)}\n`;

it('asks in one line and takes one, however it is cut', async () => {
  const heard: unknown[] = [];
  const path = await socketOf((line, socket) => {
    heard.push(JSON.parse(line));
    const said = json(MODE);
    socket.write(said.slice(0, 10));
    setTimeout(() => socket.end(said.slice(10)), 20);
  });
  expect(await ask(host, path, 'scale', { workers: 2 })).toEqual(MODE.reply);
  expect(heard).toEqual([{ command: 'scale', workers: 2 }]);
});

it('throws what the supervisor throws', async () => {
  const error = { code: 'conflict', message: 'it stops', data: { next: 'Wait.' } };
  const path = await socketOf((_, socket) => socket.end(json({ error })));
  await expect(ask(host, path, 'scale', { workers: 2 })).rejects.toMatchObject(error);
});

it('does not know what came of a command whose line broke', async () => {
  const ends = [(s: Socket) => s.end(), (s: Socket) => s.destroy(), (s: Socket) => s.end('{"rep')];
  for (const end of ends) {
    const path = await socketOf((_, socket) => end(socket));
    await expect(ask(host, path, 'scale', { workers: 2 })).rejects.toMatchObject({
      code: 'unknown-outcome'
    });
  }
});

it('waits no longer than it was told to', async () => {
  const path = await socketOf(() => undefined);
  await expect(ask(host, path, 'describe', {}, 50)).rejects.toMatchObject({ code: 'timed-out' });
});

it('says that nobody listens', async () => {
  await expect(ask(host, '/no/such.sock', 'describe', {})).rejects.toMatchObject({
    code: 'unreachable'
  });
});

it.each([
  ['what is no answer', 'hello\n'],
  ['an answer of another version', json({ reply: { mode: 'fixed' } })],
  ['more than was agreed', json({ reply: { ...MODE.reply, more: 1 } })]
])('refuses %s', async (_, said) => {
  const path = await socketOf((__, socket) => socket.end(said));
  await expect(ask(host, path, 'scale', { workers: 2 })).rejects.toMatchObject({
    code: 'unsupported'
  });
});

it('follows what goes on, until it is told to end', async () => {
  let isClosed = false;
  const piece = (text: string) => ({ id: 'scheduler.log', text, offset: 0, next: 1, size: 1 });
  const path = await socketOf((_, socket) => {
    socket.on('close', () => (isClosed = true));
    socket.write(json({ reply: piece('é') }) + json({ reply: piece('b') }));
  });
  const stop = new AbortController();
  const texts: string[] = [];
  const asked = { id: 'scheduler.log', offset: 0 };
  for await (const { text } of follow(host, path, 'follow', asked, stop.signal)) {
    texts.push(text);
    if (texts.length === 2) {
      stop.abort();
    }
  }
  expect(texts).toEqual(['é', 'b']);
  await expect.poll(() => isClosed).toBe(true);
});
