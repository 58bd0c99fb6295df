/** Web servers that are asked in place of Dask's: one that looks like it, and may misbehave. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** What such a server has heard so far, and how it is ended and begun again on the same port. */
export class Upstream {
  readonly heard: { url: string; method: string; headers: IncomingHttpHeaders }[] = [];
  /** What it serves besides what every dashboard has. */
  readonly pages: Record<string, Serve> = {};
  plots: unknown = { 'Individual Cpu': '/individual-cpu', 'Individual <b>': '/a b' };
  port = 0;

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async begin(): Promise<this> {
    const server = createServer((request, response) => this._answer(request, response));
    server.on('upgrade', (request: IncomingMessage, line: Duplex) => this._upgrade(request, line));
    server.on('connection', line => {
      this._lines.add(line);
      line.once('close', () => this._lines.delete(line));
    });
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this._server = server;
    return this;
  }

  /** So many lines lead to it now. */
  get lines(): number {
    return this._lines.size;
  }

  async end(): Promise<void> {
    this._lines.forEach(line => line.destroy());
    await new Promise(resolve => this._server?.close(resolve));
  }

  private _answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '', method = '', headers } = request;
    this.heard.push({ url, method, headers });
    const page = this.pages[url];
    if (page !== undefined) {
      page(request, response);
    } else if (url === '/individual-plots.json') {
      response.end(JSON.stringify(this.plots));
    } else if (url === '/health') {
      response.end('ok');
    } else {
      response.writeHead(404).end();
    }
  }

  /** A WebSocket in name: what comes after the handshake is sent back as it is. */
  private _upgrade(request: IncomingMessage, line: Duplex): void {
    const { url = '', method = '', headers } = request;
    this.heard.push({ url, method, headers });
    if (url !== '/status/ws') {
      line.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const key = createHash('sha1').update(`${headers['sec-websocket-key'] ?? ''}${guid}`);
    line.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key.digest('base64')}\r\nSet-Cookie: a=b\r\nX-Other: 1\r\n\r\n`
    );
    line.pipe(line).on('error', () => undefined);
  }

  private readonly _lines = new Set<Socket>();
  private _server: Server | null = null;
}
