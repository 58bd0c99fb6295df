import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { openLink } from '../../__tests__/link';
import type { ILink } from '../../__tests__/link';
import { Person, describeServers, worldOf } from '../../__tests__/person';
import { isRunning, sleeper } from '../../__tests__/running';
import { address } from '../../__tests__/ssh-bed';
import { options } from '../../__tests__/suite';
import { faultSuite } from '../../__tests__/suite-faults';
import type { IHost } from '../../host';
import { openSsh2 } from '../open';

const { signal } = new AbortController();
/** Silence of 0.9 s is a lost line. */
const KEEPALIVE = { intervalMs: 300, countMax: 3 };

describeServers('faults with ssh2', servers => {
  faultSuite('a line that breaks', servers, openSsh2);

  const hosts: IHost[] = [];
  const links: ILink[] = [];
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.close()));
    links.splice(0).forEach(link => link.end());
  });
  const open = async (alias: string, lines = '') => {
    const world = worldOf(servers, new Person(servers), lines, { keepalive: KEEPALIVE });
    const host = await openSsh2(address(alias), world, signal);
    hosts.push(host);
    const lost: string[] = [];
    void host.lost.then(reason => lost.push(reason));
    return { host, lost };
  };
  const linkTo = async (alias: string, port: number) => {
    const link = await openLink(port);
    links.push(link);
    const lines = `Host ${alias}\n  Port ${link.port}\n  HostKeyAlias [localhost]:${port}`;
    return { link, lines };
  };

  it('a slow link that has much to carry is not lost', async () => {
    const { link, lines } = await linkTo('hep-a', servers.aPort);
    const { host, lost } = await open('hep-a', lines);
    await link.tell({ rate: 400_000 });
    const { end, stdout } = await host.run(['head', '-c', '1500000', '/dev/zero'], options());
    expect([end, stdout.length, lost]).toEqual(['exited', 1_500_000, []]);
  });

  it('an idle line stays, however far the commands are apart', async () => {
    const { host, lost } = await open('hep-a');
    await sleep(3000);
    expect((await host.run(['true'], options())).end).toBe('exited');
    expect(lost).toEqual([]);
  });

  it('a jump host that is gone: the host behind it is lost, and the reason names the jump host', async () => {
    const { link, lines } = await linkTo('hep-c', servers.cPort);
    const { host } = await open('hep-a-via-c', lines);
    const command = sleeper();
    const running = host.run(command.split(' '), options());
    await expect.poll(() => isRunning(command)).toBe(true);
    await link.tell({ cut: 'reset' });
    expect(await host.lost).toMatch(/^\w+@localhost: /);
    expect((await running).end).toBe('unknown');
  });

  it('closing ends what runs there, leaves nothing here, and is no loss', async () => {
    const before = openSockets();
    const { host, lost } = await open('hep-a');
    const [command, other] = [sleeper(), sleeper()];
    const running = host.run(command.split(' '), options());
    const started = await host.start(other.split(' '), {});
    started.stdout.resume();
    started.stderr.resume();
    await expect.poll(() => isRunning(command) && isRunning(other)).toBe(true);
    await host.close();
    expect((await running).end).toBe('cancelled');
    expect([isRunning(command), isRunning(other), lost]).toEqual([false, false, []]);
    await expect.poll(openSockets).toBe(before);
    await expect(host.run(['true'], options())).rejects.toMatchObject({ code: 'connection-lost' });
  });
});

/** TCP connections of this process. */
function openSockets(): number {
  const lines = readFileSync('/proc/self/net/tcp', 'utf8').split('\n').slice(1, -1);
  const links = execFileSync('sh', ['-c', `readlink /proc/${process.pid}/fd/*; :`]).toString();
  return lines.filter(line => {
    const inode = line.trim().split(/\s+/)[9] ?? '';
    return links.includes(`socket:[${inode}]`);
  }).length;
}
