/** A real agent with dashboards, and what asks it over its socket. */
import { mkdtemp } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AgentEvent } from '../../../../contract';
import { callOf } from '../../../__tests__/served';
import { connectionsFeature, openConnections } from '../../../connections/open';
import { startAgent } from '../../../serve';
import type { Dashboards } from '../dashboards';
import { dashboardsFeature, openDashboards } from '../open';

/** Such an agent, whose user has no connection but the built-in ones. */
export async function serveDashboards() {
  const home = await mkdtemp(join(tmpdir(), 'dash-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const known: Dashboards[] = [];
  const events: AgentEvent[] = [];
  const { ready, agent } = await startAgent({
    world: { env, uid: process.getuid?.() ?? null, tmpdir: home, home },
    version: '1.2.3',
    idleMinutes: 15,
    openFeatures: world => {
      const connections = openConnections(world);
      const dashboards = openDashboards(world, connections.connections);
      known.push(dashboards);
      world.events.subscribe(null, event => events.push(event) > 0);
      return Promise.resolve([connectionsFeature(connections), dashboardsFeature(dashboards)]);
    }
  });
  const [dashboards] = known;
  if (dashboards === undefined || agent === null) {
    throw new Error('another agent runs in this new folder');
  }
  const { socket } = ready;
  /** What was said last about a dashboard. */
  const told = () =>
    events.flatMap(event => (event.topic === 'dashboard' ? event.dashboard : [])).at(-1);
  return { socket, agent, told, dashboards, events, call: callOf(socket) };
}

/** One request over the socket, whose answer is read by the caller. */
export function get(socketPath: string, path: string, headers = {}, method = 'GET') {
  return new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, path, headers, method, agent: false }, resolve).on('error', reject).end();
  });
}

/** The same with the whole body. */
export async function read(socketPath: string, path: string, headers = {}, method = 'GET') {
  const answer = await get(socketPath, path, headers, method);
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** Asks for a WebSocket; resolves with the line and the head of the answer. */
export function upgrade(socketPath: string, path: string, early = '') {
  return new Promise<{ line: Socket; head: string; rest: Buffer }>((resolve, reject) => {
    const line = createConnection(socketPath);
    let got = Buffer.alloc(0);
    line.on('error', reject);
    const onData = (piece: Buffer) => {
      got = Buffer.concat([got, piece]);
      const end = got.indexOf('\r\n\r\n');
      if (end >= 0) {
        line.off('data', onData).pause();
        resolve({ line, head: got.toString('latin1', 0, end), rest: got.subarray(end + 4) });
      }
    };
    line.on('data', onData);
    line.write(
      `GET ${path} HTTP/1.1\r\nHost: lab.example\r\nOrigin: null\r\nCookie: secret=1\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: bokeh, x\r\n\r\n${early}`
    );
  });
}
