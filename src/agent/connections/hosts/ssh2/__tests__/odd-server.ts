import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Server, utils } from 'ssh2';
import type { AuthContext, Connection } from 'ssh2';
import type { Ask } from '../../../asker';
import { hopOf } from '../../../ssh-config/hop';
import type { ISshRoute } from '../../../ssh-config/resolve';
import { parseSshSettings } from '../../../ssh-config/settings';
import { worldOf } from '../../../ssh-config/__tests__/world';
import { KeptLog } from '../../__tests__/person';
import { Chain } from '../chain';

/** Keys of hosts; small, since they are made for each test. */
export const hostKey = {
  ed25519: utils.generateKeyPairSync('ed25519'),
  rsa: utils.generateKeyPairSync('rsa', { bits: 2048 })
};

/** A server that does what no real one can be made to do, and the way to it. */
export interface IOddServer {
  readonly port: number;
  /** The way to it, with these settings as `ssh -G` would print them. */
  route(settings?: string): ISshRoute;
  end(): void;
}

/** A server of SSH in this process; `serve` says what it does with a client. */
export async function oddServer(
  serve: (client: Connection) => void,
  more: { banner?: string; hostKeys?: string[]; known?: string } = {}
): Promise<IOddServer> {
  const {
    banner = '',
    hostKeys = [hostKey.ed25519.private],
    known = hostKey.ed25519.public
  } = more;
  const server = new Server({ hostKeys, banner }, client => {
    client.on('error', () => undefined);
    serve(client);
  });
  return listening(server, known);
}

/** A server of anything but SSH. */
export function noServer(serve: (socket: Socket) => void): Promise<IOddServer> {
  return listening(createServer(serve), hostKey.ed25519.public);
}

async function listening(server: NetServer, known: string): Promise<IOddServer> {
  const folder = mkdtempSync(join(tmpdir(), 'odd-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${known}\n`);
  const route = (settings = '') => {
    const text = `${settings}
hostname 127.0.0.1
port ${port}
user me
userknownhostsfile ${folder}/known_hosts
`;
    const target = hopOf(
      'odd',
      parseSshSettings(text),
      worldOf('/dev/null', true, { HOME: folder })
    );
    return { jumps: [], target, hasOpenSsh: true };
  };
  return { port, route, end: () => void server.close() };
}

/** Opens the lines to a server; the log is given back with what became of it. */
export async function call(
  route: ISshRoute,
  ask: Ask,
  more: { patienceMs?: number; signal?: AbortSignal } = {}
): Promise<Chain> {
  return Chain.open(route, {
    uid: userInfo().uid,
    ask,
    log: new KeptLog(),
    signal: new AbortController().signal,
    keepalive: { intervalMs: 15_000, countMax: 3 },
    patienceMs: 20_000,
    ...more
  });
}

/** Lets everybody in. */
export const letIn = (client: Connection): void =>
  void client.on('authentication', context => context.accept());

/** Refuses what is not `method`, and hands what is to `judge`. */
export function wants<M extends AuthContext['method']>(
  client: Connection,
  method: M,
  judge: (context: Extract<AuthContext, { method: M }>) => void
): void {
  client.on('authentication', context => {
    if (context.method === method) {
      judge(context as Extract<AuthContext, { method: M }>);
    } else {
      context.reject([method]);
    }
  });
}

/** Runs commands in sessions as a real server does, at most `most` at once. */
export function runCommands(client: Connection, most = 10): void {
  let count = 0;
  client.on('session', (accept, reject) => {
    if (count === most) {
      reject();
      return;
    }
    count++;
    const session = accept();
    session.on('exec', (acceptExec, _reject, { command }) => {
      const stream = acceptExec();
      const child = spawn('sh', ['-c', command]);
      stream.pipe(child.stdin);
      child.stdout.on('data', (chunk: Buffer) => stream.write(chunk));
      child.stderr.on('data', (chunk: Buffer) => stream.stderr.write(chunk));
      child.on('close', code => {
        stream.exit(code ?? 255);
        stream.end();
      });
    });
    session.on('close', () => count--);
  });
}
