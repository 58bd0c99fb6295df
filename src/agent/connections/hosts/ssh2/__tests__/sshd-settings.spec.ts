import { Buffer } from 'node:buffer';
import { afterEach, expect, it } from 'vitest';
import { ownSshd } from '../../__tests__/own-sshd';
import { Person, describeServers, worldOf } from '../../__tests__/person';
import { address } from '../../__tests__/ssh-bed';
import { openSsh2 } from '../open';

const { signal } = new AbortController();
const options = { signal, timeoutMs: 60_000, maxOutputBytes: 100_000_000 };
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

describeServers('servers that are set up differently, with ssh2', servers => {
  const open = async (...settings: string[]) => {
    const sshd = await ownSshd(servers, settings);
    ends.push(() => sshd.end());
    const person = new Person(servers);
    const world = worldOf(servers, person, sshd.lines);
    const opened = await openSsh2(address('hep-a'), world, signal);
    ends.push(() => opened.close());
    expect(person.asked).toEqual([]);
    return opened;
  };

  it('keys are exchanged anew in the middle of data, both ways, and nothing is lost', async () => {
    const opened = await open('RekeyLimit 1M');
    const data = Buffer.alloc(12_000_000, 'abcdefg');
    const parts: Buffer[] = [];
    const onStdout = (chunk: Buffer) => parts.push(chunk);
    const [back, ...others] = await Promise.all([
      opened.run(['cat'], { ...options, stdin: data, onStdout }),
      ...[1, 2, 3].map(() => opened.run(['head', '-c', '3000000', '/dev/zero'], options))
    ]);
    expect(back.end).toBe('exited');
    expect(Buffer.concat(parts).equals(data)).toBe(true);
    expect(others.map(({ end, stdout }) => [end, stdout.length])).toEqual(
      Array(3).fill(['exited', 3_000_000])
    );
  });

  it('fewer sessions than we ask for: the others wait', async () => {
    const opened = await open('MaxSessions 3');
    const ran = await Promise.all(
      Array.from({ length: 14 }, (_, i) =>
        opened.run(['sh', '-c', `sleep 0.1; echo ${i}`], options)
      )
    );
    expect(ran.map(({ stdout }) => Number(stdout))).toEqual(
      Array.from({ length: 14 }, (_, i) => i)
    );
  });

  it('ten sessions: fourteen commands at once all run', async () => {
    const opened = await open();
    const ran = await Promise.all(
      Array.from({ length: 14 }, (_, i) =>
        opened.run(['sh', '-c', `sleep 0.3; echo ${i}`], options)
      )
    );
    expect(ran.map(({ stdout }) => Number(stdout))).toEqual(
      Array.from({ length: 14 }, (_, i) => i)
    );
  });

  it('a server whose patience ends while the user thinks', async () => {
    const sshd = await ownSshd(servers, ['LoginGraceTime 1', 'PubkeyAuthentication no']);
    ends.push(() => sshd.end());
    const person = new Person(servers);
    person.thinkMs = 60_000;
    const lines = `${sshd.lines}\nPubkeyAuthentication no`;
    const opening = openSsh2(address('hep-a'), worldOf(servers, person, lines), signal);
    await expect(opening).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ended the connection') as unknown,
      data: { next: expect.stringContaining('two minutes') as unknown }
    });
    expect(person.questions).toHaveLength(1);
  });

  it('fewer failures allowed than there are keys', async () => {
    const sshd = await ownSshd(servers, ['MaxAuthTries 2']);
    ends.push(() => sshd.end());
    // The first two are refused, and then the server ends the line.
    const lines = `${sshd.lines}\nIdentityFile ${servers.keys}/ecdsa\nIdentityFile ${servers.keys}/rsa-pem`;
    const person = new Person(servers);
    const opened = await openSsh2(address('hep-a'), worldOf(servers, person, lines), signal);
    ends.push(() => opened.close());
    expect(person.asked).toEqual([]);
    expect((await opened.run(['true'], options)).end).toBe('exited');
  });

  it('failures used up by keys are none of the person who answers', async () => {
    const sshd = await ownSshd(servers, ['MaxAuthTries 2', 'KbdInteractiveAuthentication no']);
    ends.push(() => sshd.end());
    const person = new Person(servers);
    const lines = `Host hep-a
  HostName localhost
  User ${servers.user}
  IdentityFile ${servers.keys}/ecdsa
  ${sshd.lines}
`;
    const world = worldOf(servers, person, lines, {}, '');
    const opened = await openSsh2(address('hep-a'), world, signal);
    ends.push(() => opened.close());
    expect(person.asked).toEqual([`${servers.user}@localhost's password: `]);
  });

  it('one that runs no commands says so, and is not left open', async () => {
    const refused = open('ForceCommand echo only this');
    await expect(refused).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('only this') as unknown
    });
  });
});
