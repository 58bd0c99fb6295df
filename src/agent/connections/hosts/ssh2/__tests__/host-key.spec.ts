import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HepbatchError } from '../../../../../contract';
import { said } from '../../../__tests__/programs';
import { Person, describeServers, worldOf } from '../../__tests__/person';
import { address } from '../../__tests__/ssh-bed';
import { openSsh2 } from '../open';

const { signal } = new AbortController();

describeServers('host keys with ssh2', servers => {
  const name = `[localhost]:${servers.aPort}`;
  const [type = '', key = ''] = readFileSync(`${servers.hostKeys}/a.pub`, 'utf8').split(' ');
  const [fingerprint] =
    /SHA256:\S+/.exec(said(['ssh-keygen', '-l', '-f', `${servers.hostKeys}/a.pub`])) ?? [];

  const fileWith = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'known-')), 'known_hosts');
    writeFileSync(file, text);
    return file;
  };
  const changed = () => fileWith(readFileSync(servers.knownHostsChanged, 'utf8'));
  const meet = async (file: string, more = '', alias = 'hep-a', answer?: string | null) => {
    const person = new Person(servers);
    if (answer !== undefined) {
      person.first.push(answer);
    }
    const lines = `UserKnownHostsFile ${file}\nStrictHostKeyChecking ask\nHashKnownHosts no`;
    const world = worldOf(servers, person, `${more}\n${lines}`);
    const opened = await openSsh2(address(alias), world, signal).catch((cause: unknown) => cause);
    if (opened instanceof HepbatchError) {
      return { person, failure: opened };
    }
    await (opened as { close(): Promise<void> }).close();
    return { person, failure: null };
  };
  const denied = (...words: string[]) => ({
    code: 'denied',
    message: expect.stringMatching(new RegExp(words.join('.*'))) as unknown
  });

  it('asks for one that nobody knows, and keeps it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'known-')), 'sub', 'known_hosts');
    const { person, failure } = await meet(file);
    expect(failure).toBe(null);
    expect(person.questions).toMatchObject([
      {
        kind: 'host-key',
        hostKey: { host: name, algorithm: 'ED25519', fingerprint, file },
        text: expect.stringContaining(fingerprint ?? '-') as unknown
      }
    ]);
    expect(readFileSync(file, 'utf8')).toBe(`${name} ${type} ${key}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await meet(file)).person.questions).toEqual([]);
  });

  it('keeps the name hidden where the configuration wants that', async () => {
    const file = fileWith('');
    await meet(file, 'HashKnownHosts yes');
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
    expect(said(['ssh-keygen', '-F', name, '-f', file])).toContain('found: line 1');
    expect((await meet(file)).person.questions).toEqual([]);
  });

  it.each([
    ['no', { code: 'denied' }],
    ['', { code: 'denied' }],
    [null, { code: 'cancelled' }]
  ])('is not let in by %j, and keeps nothing', async (answer, failure) => {
    const file = fileWith('');
    expect((await meet(file, '', 'hep-a', answer)).failure).toMatchObject(failure);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('refuses a changed one, and names file and line', async () => {
    const file = changed();
    const { person, failure } = await meet(file);
    expect(failure).toMatchObject(
      denied(name.replace(/[[\]]/g, '\\$&'), 'not the one that is known', 'line 1')
    );
    expect(failure?.data).toMatchObject({ file, line: 1 });
    expect(person.questions).toEqual([]);
  });

  it.each(['no', 'off', 'accept-new'])(
    'refuses a changed one with StrictHostKeyChecking %s as well',
    async strict => {
      const more = `StrictHostKeyChecking ${strict}`;
      expect((await meet(changed(), more)).failure).toMatchObject(
        denied('not the one that is known', 'line 1')
      );
    }
  );

  it('refuses a revoked one, in whatever file', async () => {
    const file = fileWith(`# revoked\n@revoked * ${type} ${key}\n`);
    const { failure } = await meet(`${servers.knownHosts} ${file}`);
    expect(failure).toMatchObject(denied('revoked', `${file} line 2`));
  });

  it('asks even where the configuration would switch the check off', async () => {
    const { person } = await meet(fileWith(''), 'StrictHostKeyChecking no');
    expect(person.questions).toHaveLength(1);
  });

  it('does not ask where the configuration accepts new ones, nor where it refuses them', async () => {
    const file = fileWith('');
    const trusting = await meet(file, 'StrictHostKeyChecking accept-new');
    expect([trusting.person.questions, trusting.failure]).toEqual([[], null]);
    expect(readFileSync(file, 'utf8')).toContain(key);
    const strict = await meet(fileWith(''), 'StrictHostKeyChecking yes');
    expect(strict.person.questions).toEqual([]);
    expect(strict.failure).toMatchObject(denied('not known'));
  });

  it('knows hashed names, names without a port, and aliases', async () => {
    for (const [file, more] of [
      [servers.knownHostsHashed, ''],
      [fileWith(`localhost ${type} ${key}\n`), ''],
      [fileWith(`lxplus ${type} ${key}\n`), 'HostKeyAlias LXplus']
    ] as const) {
      expect((await meet(file, more)).person.questions).toEqual([]);
    }
  });

  it('checks the jump host and the host behind it, each by its own name', async () => {
    const { person } = await meet(fileWith(''), '', 'hep-a-via-c');
    expect(person.questions.map(({ hostKey }) => hostKey?.host)).toEqual([
      `[localhost]:${servers.cPort}`,
      `[127.0.0.1]:${servers.aPort}`
    ]);
    const refused = await meet(fileWith(''), '', 'hep-a-via-c', 'no');
    expect(refused.failure).toMatchObject({ code: 'denied' });
  });

  it('goes on where the key cannot be kept', async () => {
    const { failure } = await meet('/dev/null/known_hosts');
    expect(failure).toBe(null);
  });
});
