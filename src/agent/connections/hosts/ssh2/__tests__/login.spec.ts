import { expect, it } from 'vitest';
import { Person, describeServers, worldOf } from '../../__tests__/person';
import { address } from '../../__tests__/ssh-bed';
import type { SshServers } from '../../__tests__/person';
import { openSsh2 } from '../open';

const { signal } = new AbortController();
const options = { signal, timeoutMs: 20_000, maxOutputBytes: 100_000 };

/** Logs in, asks who we are there, and gives what was asked on the way. */
async function logIn(servers: SshServers, alias: string, lines = '', first: Person['first'] = []) {
  const person = new Person(servers);
  person.first.push(...first);
  const opened = await openSsh2(address(alias), worldOf(servers, person, lines), signal);
  const who = await opened.run(['id', '-un'], options);
  await opened.close();
  expect(who).toMatchObject({ end: 'exited', code: 0, stdout: `${servers.user}\n` });
  return person;
}

describeServers('a login by ssh2', servers => {
  const password = `${servers.user}@localhost's password: `;
  const [code, otherCode] = [
    `One-time password (OATH) for \`${servers.user}': `,
    `Your 2nd factor (${servers.user}): `
  ];

  it.each(['ed25519', 'rsa-pem', 'ecdsa'])('by a key in a file asks nothing: %s', async key => {
    const { asked } = await logIn(servers, 'hep-a', `IdentityFile ${servers.keys}/${key}`);
    expect(asked).toEqual([]);
  });

  it('by password', async () => {
    const { questions } = await logIn(servers, 'hep-e');
    expect(questions).toEqual([
      {
        title: `${servers.user}@localhost`,
        text: password,
        kind: 'secret',
        hostKey: null,
        again: false
      }
    ]);
  });

  it('by password, then a code, as two methods', async () => {
    expect((await logIn(servers, 'hep-b')).asked).toEqual([password, code]);
  });

  it('by password and code in one dialogue', async () => {
    expect((await logIn(servers, 'hep-b2')).asked).toEqual(['Password: ', otherCode]);
  });

  it('asks again after a wrong password and after a wrong code, and says so', async () => {
    const { questions } = await logIn(servers, 'hep-b', '', ['wrong']);
    expect(questions.map(({ text, again }) => [text, again])).toEqual([
      [password, false],
      [password, true],
      [code, false]
    ]);
    const codes = await logIn(servers, 'hep-b', '', [servers.password, '000000']);
    expect(codes.questions.map(({ text, again }) => [text, again])).toEqual([
      [password, false],
      [code, false],
      [code, true]
    ]);
    const both = await logIn(servers, 'hep-b2', '', [servers.password, '000000']);
    expect(both.questions.map(({ text, again }) => [text, again])).toEqual([
      ['Password: ', false],
      [otherCode, false],
      ['Password: ', true],
      [otherCode, false]
    ]);
  });

  it('gives up after three wrong answers, and keeps none of them', async () => {
    const person = new Person(servers);
    person.first.push('typed-1', 'typed-2', 'typed-3');
    const world = worldOf(servers, person);
    const refused: unknown = await openSsh2(address('hep-e'), world, signal).catch(
      (e: unknown) => e
    );
    expect(refused).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('did not accept the answers') as unknown
    });
    expect(person.questions).toHaveLength(3);
    const kept = `${world.log.lines.join()} ${JSON.stringify(refused)} ${String(refused)}`;
    expect(kept).not.toContain('typed-');
  });

  it('ends where the user would rather not answer', async () => {
    for (const alias of ['hep-e', 'hep-b', 'hep-b2', 'hep-a-via-c2']) {
      const refused = logIn(servers, alias, '', [null]);
      await expect(refused).rejects.toMatchObject({ code: 'cancelled' });
    }
    const halfway = logIn(servers, 'hep-b', '', [servers.password, null]);
    await expect(halfway).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('through a jump host, and through one that asks itself', async () => {
    expect((await logIn(servers, 'hep-a-via-c')).asked).toEqual([]);
    const { questions } = await logIn(servers, 'hep-a-via-c2');
    expect(questions.map(({ title, text }) => [title, text])).toEqual([
      [`${servers.user}@localhost`, 'Password: '],
      [`${servers.user}@localhost`, otherCode]
    ]);
  });

  it('says what the server wants where ssh2 has no such thing', async () => {
    await expect(logIn(servers, 'hep-d')).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('gssapi-with-mic') as unknown,
      data: { next: expect.stringContaining('kinit') as unknown }
    });
  });

  it('says which host of the way cannot be reached, and why', async () => {
    const nobody = logIn(servers, 'hep-a', 'Port 1');
    await expect(nobody).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nothing listens there') as unknown
    });
    const behind = logIn(servers, 'hep-a-via-c', 'Match originalhost hep-a-via-c\n  Port 1');
    await expect(behind).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/localhost does not pass.*127.0.0.1:1/) as unknown
    });
    const unknown = logIn(servers, 'hep-a', 'HostName no-such-host.invalid');
    await expect(unknown).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('ends at once with the signal, also while it asks', async () => {
    const stop = new AbortController();
    const person = new Person(servers);
    person.thinkMs = 60_000;
    const opening = openSsh2(address('hep-b2'), worldOf(servers, person), stop.signal);
    await expect.poll(() => person.questions.length).toBe(1);
    stop.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });
});
