import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { STATUS, toFailure } from '../../../contract';
import type { Entry } from './entry';
import { exchange } from './exchange';
import type { IRest } from './rest';

const TIMEOUT_MS = 60_000;

/** What the two sides have to agree on; all else is kept from both. */
const TO_DASHBOARD = [
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions'
] as const;
const TO_BROWSER = [
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'sec-websocket-extensions'
] as const;

/** The open WebSockets: bytes in both directions, of which nothing is looked at. */
export class Tunnels {
  get count(): number {
    return this._open.size;
  }

  /** Asks the dashboard to change to a WebSocket, and joins the two lines. Never rejects. */
  async open(
    entry: Entry,
    request: IncomingMessage,
    { path, query }: IRest,
    client: Duplex,
    head: Buffer
  ): Promise<void> {
    const stop = new AbortController();
    const abort = () => {
      stop.abort();
      client.destroy();
    };
    client.on('error', abort);
    client.once('close', () => {
      entry.signal.removeEventListener('abort', abort);
      this._open.delete(client);
      stop.abort();
    });
    entry.signal.addEventListener('abort', abort, { once: true });
    this._open.add(client);
    const headers = {
      ...pick(request, TO_DASHBOARD),
      connection: 'Upgrade',
      upgrade: 'websocket',
      origin: `http://${entry.way.name}`
    };
    const asked = { method: 'GET', path: `/${path}${query}`, headers } as const;
    try {
      const answer = await exchange(entry.way, {
        ...asked,
        signal: stop.signal,
        timeoutMs: TIMEOUT_MS
      });
      entry.reached();
      const { response } = answer;
      if (answer.kind === 'body' || response.headers.upgrade?.toLowerCase() !== 'websocket') {
        (answer.kind === 'body' ? response : answer.stream).destroy();
        const status = response.statusCode ?? 0;
        refuseUpgrade(client, status >= 400 ? status : STATUS.unreachable);
        return;
      }
      client.write(headOf(pick(response, TO_BROWSER)));
      client.write(answer.head);
      answer.stream.write(head);
      join(client, answer.stream, () => {
        // The page no longer hears of news: whoever shows it wants to know whether that is the end.
        void entry.look();
      });
    } catch (error) {
      if (!stop.signal.aborted) {
        entry.missed(error);
        refuseUpgrade(client, STATUS[toFailure(error).code]);
      }
    }
  }

  /** Ends all. */
  dispose(): void {
    for (const client of this._open) {
      client.destroy();
    }
  }

  private readonly _open = new Set<Duplex>();
}

/** Answers a request for a WebSocket with no. */
export function refuseUpgrade(client: Duplex, status: number): void {
  client.on('error', () => undefined); // it may have left
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`;
  client.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function join(client: Duplex, dashboard: Duplex, hasLeft: () => void): void {
  const end = () => {
    client.destroy();
    dashboard.destroy();
  };
  pipeline(client, dashboard, error => {
    // Who only stops to speak may still listen.
    if (error) {
      end();
    }
  });
  pipeline(dashboard, client, () => {
    end();
    hasLeft();
  });
}

function headOf(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const first = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  return `${first}${lines.join('')}\r\n`;
}

function pick(
  { headers }: IncomingMessage,
  names: readonly (keyof IncomingMessage['headers'])[]
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    })
  );
}
