import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real sshd of one test, and the lines of a client's configuration that lead to it. */
export interface IOwnSshd {
  readonly lines: string;
  end(): void;
}

/**
 * Starts a sshd with these settings; it takes the keys of the bed and has the host key of server a.
 * With Docker or CI as root it needs the folder /run/sshd, which the bed has made.
 */
export async function ownSshd(
  { hostKeys, keys }: { readonly hostKeys: string; readonly keys: string },
  settings: readonly string[]
): Promise<IOwnSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  chmodSync(folder, 0o755); // sshd reads the keys as the user who wants in
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = file(
    'config',
    [
      ...settings,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKeys}/a`,
      `AuthorizedKeysFile ${file('authorized_keys', readFileSync(`${keys}/ed25519.pub`, 'utf8'))}`,
      'StrictModes no',
      'PidFile none',
      'MaxStartups 100'
    ].join('\n')
  );
  const hostKey = readFileSync(`${hostKeys}/a.pub`, 'utf8');
  const known = file('known_hosts', `[localhost]:${port} ${hostKey}`);
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-f', config], { stdio: 'ignore' });
  while (!(await listens(port)) && sshd.exitCode === null) {
    await sleep(20);
  }
  return {
    lines: `Port ${port}\nUserKnownHostsFile ${known}`,
    end: () => {
      sshd.kill();
      rmSync(folder, { recursive: true });
    }
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [isThere] = await Promise.race([
    once(socket, 'connect').then(() => [true] as const),
    once(socket, 'error').then(() => [false] as const)
  ]).catch(() => [false] as const);
  socket.destroy();
  return isThere;
}
