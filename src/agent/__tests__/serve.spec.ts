import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { acquireLock } from '../lock';
import { takeLock } from '../take-lock';
import { ask, follow, serveHere, until } from './served';

it('listens on a socket for this user only, and leaves nothing behind', async () => {
  const { socket, agent, left, folders } = await serveHere();
  const found = await lstat(socket);
  expect(found.isSocket()).toBe(true);
  expect(found.mode & 0o777).toBe(0o600);
  expect((await stat(folders.runtime)).mode & 0o777).toBe(0o700);
  expect((await left()).sort()).toEqual(['agent-2.lock', 'agent-2.sock']);
  await Promise.all([agent.close(), agent.close()]);
  await agent.ended;
  expect(await left()).toEqual([]);
});

it('starts one agent, and says where it is to all who come later', async () => {
  const { socket, pid, agent, start } = await serveHere();
  const others = await Promise.all(Array.from({ length: 5 }, start));
  for (const other of others) {
    expect(other).toEqual({ ready: { ready: true, socket, pid, already: true }, agent: null });
  }
  await agent.close();
});

it('waits for one that ends, and takes its place', async () => {
  let finish: () => void = () => undefined;
  const dispose = () => new Promise<void>(resolve => (finish = resolve));
  const { socket, agent, start, left } = await serveHere({ dispose });
  const closing = agent.close();
  const next = start();
  finish();
  await closing;
  const started = await next;
  expect(started.ready.already).toBeUndefined();
  expect(await ask(socket, 'GET', '/audits')).toMatchObject({ status: 200 });
  const ending = started.agent?.close();
  finish();
  await ending;
  expect(await left()).toEqual([]);
});

it('says so where the holder of the lock does not answer', async () => {
  const { agent, folders } = await serveHere();
  await agent.close();
  const path = join(folders.runtime, 'x.lock');
  acquireLock(path);
  const timedOut = takeLock(path, join(folders.runtime, 'x.sock'), 50);
  const message = expect.stringMatching(`process ${process.pid} has the lock`) as string;
  await expect(timedOut).rejects.toMatchObject({ code: 'timed-out', message });
});

it('replaces what a killed agent left at the place of the socket', async () => {
  const { socket, agent, start } = await serveHere();
  await agent.close();
  await writeFile(socket, 'left behind');
  const { agent: next } = await start();
  expect(await ask(socket, 'GET', '/audits')).toMatchObject({ status: 200 });
  await next?.close();
});

it('ends streams at once, and those who keep a request open after a second', async () => {
  let asked = false;
  const list = () => {
    asked = true;
    return new Promise<never>(() => undefined);
  };
  const { socket, agent, left } = await serveHere({ list });
  const client = await follow(socket, null);
  const stuck = new Promise(resolve => {
    request({ socketPath: socket, path: '/audits' }).on('error', resolve).end();
  });
  await until(() => asked);
  const closed = agent.close();
  await until(() => client.stream.ended);
  expect(await left()).toEqual(['agent-2.lock']);
  await closed;
  await expect(stuck).resolves.toMatchObject({ code: 'ECONNRESET' });
  expect(await left()).toEqual([]);
});

it('does not take away the socket of an agent that came after it', async () => {
  const { socket, agent, folders, left } = await serveHere();
  // What a clean-up of old files in /tmp does, and a second agent that then starts.
  await rm(join(folders.runtime, 'agent-2.lock'), { recursive: true });
  await rm(socket);
  const second = createServer(connection => connection.end());
  await new Promise<void>(resolve => second.listen(socket, resolve));
  await agent.close();
  expect(await left()).toEqual(['agent-2.sock']);
  second.close();
});

it('removes socket and lock at once when it must die', async () => {
  const { agent, left } = await serveHere();
  agent.abandon();
  expect(await left()).toEqual([]);
  await agent.close();
});

it('ends by itself when nobody listens, but only after the work', async () => {
  let asked = 0;
  const audits = {
    get busy() {
      asked += 1;
      return asked < 3;
    }
  };
  const { agent, left } = await serveHere(audits, 0.0005);
  await agent.ended;
  expect(asked).toBe(3);
  expect(await left()).toEqual([]);
});

it('stays while somebody listens', async () => {
  const { socket, agent, events } = await serveHere({}, 0.002);
  const client = await follow(socket, null);
  const apart = { ended: false };
  void agent.ended.then(() => (apart.ended = true));
  for (let i = 0; i < 10; i++) {
    events.publish({ topic: 'audit-removed', id: `${i}` });
    await new Promise(resolve => setTimeout(resolve, 30)); // together more than the wait
  }
  expect(apart.ended).toBe(false);
  expect(client.heard).toHaveLength(10);
  client.leave();
  await agent.ended;
});

it('logs what nobody caught, removes socket and lock, and exits with 1', async () => {
  const home = await mkdtemp(join(tmpdir(), 'agent-'));
  const contents = `
    import { serve } from './src/agent/serve';
    const home = ${JSON.stringify(home)};
    const openFeatures = async () => [];
    const world = { env: {}, uid: process.getuid(), tmpdir: home, home };
    void serve({ world, version: '1', idleMinutes: 1, openFeatures }, () => {
      setTimeout(() => Promise.reject(new Error('oops')));
    });`;
  const program = join(home, 'faulty.cjs');
  const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' as const };
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile: program });
  const code = await new Promise(resolve => {
    execFile(process.execPath, [program]).on('close', resolve);
  });
  expect(code).toBe(1);
  expect(await readdir(join(home, `hepbatch-${process.getuid?.() ?? ''}`))).toEqual([]);
  const log = await readFile(join(home, '.local/state/hepbatch/agent.log'), 'utf8');
  expect(log).toMatch(/"level":"error".*"not caught".*oops/);
});
