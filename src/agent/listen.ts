import { randomBytes } from 'node:crypto';
import { chmod, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { IPassage } from './feature';
import { fileError } from './record';

/** How long requests under way may still take when the agent ends, in milliseconds. */
const GRACE_MS = 1000;
const SWEEP_MS = 20;

/**
 * Serves `app` on a unix socket that only this user can open, and replaces what lies at `path`;
 * only who holds the lock may ask for that. The socket is made under another name and moved into
 * place: at no moment is it there and open to others, or there and not listening. And since
 * closing a server removes the name it was made under, an agent that ends never removes the
 * socket of the one that came after it.
 */
export async function listen(
  app: Hono,
  path: string,
  onRequest: () => void,
  passages: readonly IPassage[] = []
): Promise<Server> {
  const answer = getRequestListener(app.fetch);
  const passageOf = ({ url = '' }: IncomingMessage) =>
    passages.find(({ prefix }) => url.startsWith(prefix));
  // A command on a host may be told things for hours, in the body of one request.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    onRequest();
    const passage = passageOf(request);
    if (passage === undefined) {
      void answer(request, response);
    } else {
      passage.request(request, response);
    }
  });
  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    onRequest();
    const passage = passageOf(request);
    if (passage === undefined) {
      client.on('error', () => undefined); // it may have left
      client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    } else {
      passage.upgrade(request, client, head);
    }
  });
  // Shorter than the name in the end, whose length was checked.
  const made = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(made, resolve);
    });
    await chmod(made, 0o600);
    await rename(made, path);
  } catch (cause) {
    server.close();
    fileError(path)(cause);
  }
  return server;
}

/** Takes no new connection, and ends the old ones: the silent at once, the others after a second. */
export async function closeServer(server: Server): Promise<void> {
  // `close` only waits; a connection that fell silent later would keep it waiting for ever.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await new Promise<void>(resolve => server.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(force);
}
