import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StreamTarget } from '../host';
import type { ISuiteWorld } from './suite';

/** Says back what it was told when that has ended, and how much it was. */
function echo(socket: Socket): void {
  const parts: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', chunk => parts.push(chunk));
  socket.on('end', () => socket.end(Buffer.concat([...parts, Buffer.from('.')])));
}

async function listenAt(server: Server, where: string | { host: string; port: number }) {
  await new Promise<void>(resolve =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, resolve)
  );
}

/** Streams from a host. */
export function streamSuite(world: ISuiteWorld): void {
  describe('streams', () => {
    const folder = mkdtempSync(join(tmpdir(), 'echo-'));
    const socketPath = join(folder, 'echo.sock');
    const servers = [0, 1].map(() => createServer({ allowHalfOpen: true }, echo));
    const targets: Record<string, StreamTarget> = { socket: { socketPath } };
    beforeAll(async () => {
      const [tcp, unix] = servers;
      if (tcp && unix) {
        await listenAt(tcp, { host: '127.0.0.1', port: 0 });
        await listenAt(unix, socketPath);
        const { port } = z.object({ port: z.number() }).parse(tcp.address());
        targets['port'] = { host: '127.0.0.1', port };
      }
      chmodSync(folder, 0o755);
      chmodSync(socketPath, 0o666);
    });
    afterAll(() => {
      servers.forEach(server => server.close());
    });
    const connect = (name: string): Promise<Duplex> =>
      world.host().connect(targets[name] ?? { socketPath: name });

    it.each(['port', 'socket'])('carry megabytes to a %s and back, with half-close', async name => {
      const data = randomBytes(5_000_000);
      const stream = await connect(name);
      stream.end(data);
      const back = await buffer(stream);
      expect(back.subarray(0, -1).equals(data)).toBe(true);
    });

    it.each(['port', 'socket'])('to a %s are many at once', async name => {
      const said = await Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          const stream = await connect(name);
          stream.end(`I am ${i}`);
          return text(stream);
        })
      );
      expect(said).toEqual(said.map((_, i) => `I am ${i}.`));
    });

    it('tell that nobody listens', async () => {
      const { host } = { host: world.host() };
      const unreachable = { code: 'unreachable' };
      // Port 1 is tcpmux, which no machine has any more.
      await expect(host.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject(unreachable);
      const none = { socketPath: join(folder, 'none.sock') };
      await expect(host.connect(none)).rejects.toMatchObject(unreachable);
    });

    it('end there when they are given up here', async () => {
      const closed = new Promise(resolve =>
        servers[0]?.once('connection', socket => {
          socket.once('close', resolve);
        })
      );
      const stream = await connect('port');
      stream.on('error', () => undefined);
      stream.destroy();
      await closed;
    });
  });
}
