import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { HepbatchError } from '../../../../../contract';
import { said } from '../../../__tests__/programs';
import { Person, describeServers, toServerA, worldOf } from '../../__tests__/person';
import { address } from '../../__tests__/ssh-bed';
import type { IHost } from '../../host';
import { openSsh2 } from '../open';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'keys-'));
const agents: string[] = [];

/** A new key that no server knows, and its file. */
function newKey(name: string, passphrase = '', type = ['-t', 'ed25519']): string {
  const file = join(folder, name);
  said(['ssh-keygen', '-q', ...type, '-N', passphrase, '-C', name, '-f', file]);
  return file;
}

/** A key agent that holds these keys, and its socket. */
function agentWith(...files: string[]): string {
  const told = said(['ssh-agent', '-s']);
  const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+)/.exec(told) ?? [];
  const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(told) ?? [];
  agents.push(pid);
  for (const file of files) {
    execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  }
  return socket;
}

afterAll(() => {
  agents.forEach(pid => process.kill(Number(pid)));
});

describeServers('keys with ssh2', servers => {
  /** A copy that its owner alone may read, as ssh wants it. */
  const own = (name: string) => {
    const file = join(mkdtempSync(join(folder, 'own-')), name);
    copyFileSync(join(servers.keys, name), file);
    chmodSync(file, 0o600);
    return file;
  };
  const logIn = async (files: string[], more: string[] = [], first: Person['first'] = []) => {
    const person = new Person(servers);
    person.first.push(...first);
    const lines = [
      ...more,
      ...(files.length === 0 ? ['IdentityFile none'] : files.map(file => `IdentityFile ${file}`)),
      ...(more.some(line => line.startsWith('IdentityAgent')) ? [] : ['IdentityAgent none'])
    ];
    const config = `${toServerA(servers)}  ${lines.join('\n  ')}\n`;
    const world = worldOf(servers, person, config, {}, '');
    const opened = await openSsh2(address('hep-a'), world, signal).catch((cause: unknown) => cause);
    if (!(opened instanceof HepbatchError)) {
      await (opened as IHost).close();
    }
    return { person, log: world.log.lines.join(), opened };
  };
  const denied = (what: string) => ({
    code: 'denied',
    message: expect.stringContaining(what) as unknown
  });

  it('asks the pass phrase of an encrypted key, up to three times', async () => {
    const { questions } = (await logIn([own('encrypted')])).person;
    expect(questions).toMatchObject([
      { text: expect.stringMatching(/^Enter passphrase for key '.*encrypted': $/) as unknown }
    ]);
    const again = await logIn([own('encrypted')], [], ['wrong', '']);
    expect(again.person.questions.map(({ again }) => again)).toEqual([false, true, true]);
    expect(again.opened).not.toBeInstanceOf(HepbatchError);
    const never = await logIn([own('encrypted')], [], ['typed', 'typed', 'typed']);
    expect(never.opened).toMatchObject(denied('3 wrong pass phrases'));
    expect(never.log).toContain('3 wrong pass phrases');
    expect(`${never.log} ${String(never.opened)}`).not.toContain('typed');
  });

  it('ends where the user would rather not open the key', async () => {
    const { opened } = await logIn([own('encrypted')], [], [null]);
    expect(opened).toMatchObject({ code: 'cancelled' });
  });

  it('asks no pass phrase of a key that the server does not want', async () => {
    const stranger = newKey('stranger', 'a pass phrase');
    const { person, opened } = await logIn([stranger]);
    expect([person.asked, opened]).toEqual([[], expect.objectContaining(denied('none of the 1'))]);
    const { person: other } = await logIn([stranger, own('ed25519')]);
    expect(other.asked).toEqual([]);
  });

  it.each([
    ['PEM of OpenSSL, whose public half is hidden', ['-t', 'ecdsa', '-m', 'PEM']],
    ['PKCS8', ['-t', 'rsa', '-m', 'PKCS8']]
  ])('opens an encrypted key in the format %s', async (name, type) => {
    const file = newKey(name.slice(0, 3), 'a pass phrase', type);
    rmSync(`${file}.pub`);
    const { person, opened } = await logIn([file], [], ['a pass phrase']);
    expect(person.asked).toEqual([`Enter passphrase for key '${file}': `]);
    expect(opened).toMatchObject(denied('none of the 1'));
  });

  it('does not use a key that others may read', async () => {
    const file = own('ed25519');
    chmodSync(file, 0o644);
    const { opened, log } = await logIn([file]);
    expect(opened).toMatchObject(denied('it wants a key'));
    expect(log).toContain('mode 0644 lets others read it');
  });

  it.each(['ed25519', 'rsa-pem', 'ecdsa'])('by a key of the agent: %s', async key => {
    const { person, opened } = await logIn([], [`IdentityAgent ${agentWith(own(key))}`]);
    expect([person.asked, opened instanceof HepbatchError]).toEqual([[], false]);
  });

  it('offers only named keys of the agent where the configuration wants that', async () => {
    const right = own('ed25519');
    const socket = `IdentityAgent ${agentWith(newKey('other'), right)}`;
    const only = [socket, 'IdentitiesOnly yes'];
    expect((await logIn([newKey('file')], only)).opened).toMatchObject(denied('none of the 1'));
    // The public half alone says which key of the agent is meant.
    const named = await logIn([join(servers.keys, 'ed25519.pub')], only);
    expect(named.opened).not.toBeInstanceOf(HepbatchError);
  });

  it('finds the right one of more keys than the server takes in one connection', async () => {
    const keys = Array.from({ length: 12 }, (_, i) => newKey(`useless-${i}`));
    const socket = `IdentityAgent ${agentWith(...keys, own('ed25519'))}`;
    expect((await logIn([], [socket])).opened).not.toBeInstanceOf(HepbatchError);
    const only = `IdentityAgent ${agentWith(...keys)}`;
    expect((await logIn([], [only])).opened).toMatchObject(denied('did not let us in'));
  });

  it('goes on where the agent does not answer', async () => {
    const { opened, log } = await logIn([own('ed25519')], ['IdentityAgent /no/such/socket']);
    expect(opened).not.toBeInstanceOf(HepbatchError);
    expect(log).toContain('/no/such/socket does not answer');
  });
});
