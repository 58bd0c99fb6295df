import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { Agent, createServer as createWeb, request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { Person, describeServers, worldOf } from '../../__tests__/person';
import { address } from '../../__tests__/ssh-bed';
import type { IHost } from '../../host';
import { openSsh2 } from '../open';

const { signal } = new AbortController();
const ends: (() => unknown)[] = [];
afterAll(() => Promise.all(ends.map(end => end())));

async function listenAt(serve: (socket: Socket) => void, path?: string): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, serve);
  ends.push(() => server.close());
  server.listen(path ?? { host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

describeServers('streams through ssh2', servers => {
  let opened: Promise<IHost> | null = null;
  const theHost = () => {
    opened ??= openSsh2(address('hep-a'), worldOf(servers, new Person(servers)), signal);
    ends.push(async () => (await opened)?.close());
    return opened;
  };

  it('to a port: bytes unchanged both ways, and each way ends by itself', async () => {
    const port = await listenAt(socket => void socket.pipe(socket));
    const stream = await (await theHost()).connect({ host: '127.0.0.1', port });
    const data = Buffer.from(Array.from({ length: 9_000_000 }, (_, i) => (i * 31) >> 3));
    const back = buffer(stream);
    stream.end(data);
    expect((await back).equals(data)).toBe(true);
  });

  it('to a unix socket', async () => {
    const folder = mkdtempSync('/tmp/s-');
    const path = join(folder, 'socket');
    await listenAt(socket => socket.end('hello'), path);
    chmodSync(folder, 0o755);
    chmodSync(path, 0o777);
    const stream = await (await theHost()).connect({ socketPath: path });
    expect(await text(stream)).toBe('hello');
    stream.destroy();
  });

  it('many at once, and more than sessions may be', async () => {
    const port = await listenAt(socket => void socket.pipe(socket));
    const host_ = await theHost();
    const said = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const stream = await host_.connect({ host: '127.0.0.1', port });
        stream.end(`number ${i}`);
        return text(stream);
      })
    );
    expect(said).toEqual(Array.from({ length: 60 }, (_, i) => `number ${i}`));
  });

  it('carries HTTP, kept alive and in pieces', async () => {
    const web = createWeb((asked, answer) => {
      answer.write(`${asked.url ?? ''} `);
      setTimeout(() => answer.end('done'), 20);
    });
    ends.push(() => web.close());
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    const host_ = await theHost();
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    ends.push(() => agent.destroy());
    const createConnection = (_options: unknown, done?: unknown) => {
      host_.connect({ host: '127.0.0.1', port }).then(
        stream => (done as (e: null, s: unknown) => void)(null, stream),
        (cause: unknown) => (done as (e: unknown) => void)(cause)
      );
      return undefined;
    };
    Object.assign(agent, { createConnection });
    const get = async (path: string) => {
      const asked = request({ agent, path });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [Readable];
      return text(answer);
    };
    const paths = Array.from({ length: 10 }, (_, i) => `/${i}`);
    expect(await Promise.all(paths.map(get))).toEqual(paths.map(path => `${path} done`));
  });

  it('does not read on where nobody reads here', async () => {
    let sent = 0;
    const port = await listenAt(socket => {
      const more = new Readable({
        read() {
          sent += 100_000;
          this.push(Buffer.alloc(100_000));
        }
      });
      socket.on('error', () => undefined);
      more.pipe(socket);
      socket.on('close', () => more.destroy());
    });
    const stream = await (await theHost()).connect({ host: '127.0.0.1', port });
    await new Promise(resolve => setTimeout(resolve, 700));
    const before = sent;
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(sent).toBe(before);
    expect(sent).toBeLessThan(40_000_000);
    stream.destroy();
  });

  it('ends there when it is given up here', async () => {
    const closed = new Promise(resolve => {
      void listenAt(socket => {
        socket.on('error', () => undefined);
        socket.on('end', resolve);
        socket.resume();
        socket.write('x');
      }).then(async port => {
        const stream = await (await theHost()).connect({ host: '127.0.0.1', port });
        stream.once('data', () => stream.destroy());
      });
    });
    await closed;
  });

  it('ends a pipeline whose other side hangs up, with an error where it still writes', async () => {
    const port = await listenAt(socket => {
      socket.on('error', () => undefined);
      setTimeout(() => socket.destroy(), 50);
    });
    const stream = await (await theHost()).connect({ host: '127.0.0.1', port });
    stream.resume();
    const endless = new Readable({
      read() {
        setTimeout(() => this.push('x'), 10);
      }
    });
    await expect(pipeline(endless, stream)).rejects.toThrow();
  });

  it('says that nothing listens there, or that the host does not pass it on', async () => {
    const host_ = await theHost();
    await expect(host_.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:1') as unknown
    });
    await expect(host_.connect({ socketPath: '/no/such/socket' })).rejects.toMatchObject({
      code: 'unreachable'
    });
    const jump = await openSsh2(address('hep-c'), worldOf(servers, new Person(servers)), signal);
    ends.push(() => jump.close());
    await expect(jump.connect({ host: '127.0.0.1', port: servers.bPort })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('does not pass connections on') as unknown
    });
  });
});
