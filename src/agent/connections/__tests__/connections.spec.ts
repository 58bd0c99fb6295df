import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ConnectionProfile, connections, prompts } from '../../../contract';
import type { AgentEvent } from '../../../contract';
import { until } from '../../__tests__/served';
import { nextPrompt, serveConnections } from './served';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(agent => agent.close()));
});

/** An agent, and all that it tells. */
async function serve(env: Record<string, string> = {}) {
  const served = await serveConnections(env);
  open.push(served.agent);
  const heard: AgentEvent[] = [];
  served.events.subscribe(null, event => {
    heard.push(event);
    return true;
  });
  const told = (id: string) =>
    heard.flatMap(event =>
      event.topic === 'connection' && event.connection.profile.id === id ? event.connection : []
    );
  return { ...served, heard, told };
}

const mine = ConnectionProfile.parse({
  id: 'mine',
  title: 'Mine',
  backend: 'vanilla-local',
  host: { kind: 'local' }
});

it('opens, looks, and closes, for all connections to that host, and tells everybody', async () => {
  const { call, told } = await serve();
  const opening = await call(connections.open, { id: 'dask-local' });
  expect(opening).toMatchObject({ state: 'opening', details: null });
  await until(() => (told('vanilla-local').at(-1)?.details ?? null) !== null);
  const both = await Promise.all(
    ['dask-local', 'vanilla-local'].map(id => call(connections.read, { id }))
  );
  expect(both).toMatchObject([
    { state: 'open', details: { client: 'local', python: { state: 'found' } } },
    { state: 'open', details: { client: 'local' } }
  ]);
  const again = await call(connections.probe, { id: 'vanilla-local' });
  expect(again.details?.checkedAt).not.toBe(both[1]?.details?.checkedAt);
  expect(await call(connections.close, { id: 'vanilla-local' })).toMatchObject({ state: 'closed' });
  expect(told('dask-local').at(-1)).toMatchObject({ state: 'closed', details: null });
  await expect(call(connections.probe, { id: 'dask-local' })).rejects.toMatchObject({
    code: 'unreachable'
  });
  await expect(call(connections.open, { id: 'nix' })).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses what cannot be used here, with the reason', async () => {
  const { call } = await serve({ PATH: '/nowhere' });
  const { connections: all } = await call(connections.list, undefined);
  const slurm = all.find(({ profile }) => profile.id === 'vanilla-slurm');
  expect(slurm).toMatchObject({ unusable: 'sbatch is not on PATH', state: 'closed' });
  await expect(call(connections.open, { id: 'vanilla-slurm' })).rejects.toMatchObject({
    code: 'unsupported',
    message: 'Slurm: sbatch is not on PATH.'
  });
});

it('keeps profiles, and changes those of the user alone', async () => {
  const { call, home, heard, told } = await serve();
  await call(connections.list, undefined);
  const saved = await call(connections.save, { profile: mine, replaces: null });
  expect(saved).toMatchObject({ origin: 'user', state: 'closed' });
  expect(told('mine')).toHaveLength(1);
  const save = (id: string, replaces: string | null) =>
    call(connections.save, { profile: { ...mine, id }, replaces });
  await expect(save('mine', null)).rejects.toMatchObject({ code: 'conflict' });
  await expect(save('dask-local', null)).rejects.toMatchObject({ code: 'conflict' });
  await expect(save('dask-local', 'mine')).rejects.toMatchObject({ code: 'conflict' });
  await expect(save('x', 'dask-local')).rejects.toMatchObject({ code: 'denied' });
  await expect(save('x', 'nix')).rejects.toMatchObject({ code: 'not-found' });
  await expect(call(connections.remove, { id: 'lxplus' })).rejects.toMatchObject({
    code: 'denied'
  });
  await save('ours', 'mine');
  expect(heard).toContainEqual(
    expect.objectContaining({ topic: 'connection-removed', id: 'mine' })
  );
  const file = join(home, '.jupyter/hepbatch/connections/user.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    version: 1,
    profiles: [{ ...mine, id: 'ours' }]
  });
  await call(connections.remove, { id: 'ours' });
  expect(
    (await call(connections.list, undefined)).connections.map(c => c.profile.id)
  ).not.toContain('ours');
});

it('sees what an administrator or an editor changes, and closes a line that nobody uses', async () => {
  const site = await mkdtemp(join(tmpdir(), 'site-'));
  const { call, heard, told } = await serve({ JUPYTER_CONFIG_PATH: site });
  const put = async (value: unknown) => {
    const path = join(site, 'hepbatch/connections/site.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(value));
    return call(connections.list, undefined);
  };
  await call(connections.list, undefined);
  const farm = { ...mine, id: 'farm', title: 'Farm' };
  expect((await put({ version: 1, profiles: [farm] })).connections.at(-1)).toMatchObject({
    origin: 'site',
    profile: { id: 'farm' }
  });
  expect(told('farm')).toHaveLength(1);
  const { problems } = await put({ version: 1, profiles: [farm, { ...farm, id: 'X' }] });
  expect(problems).toMatchObject([{ key: 'profiles[1].id', value: '"X"' }]);
  expect(heard.at(-1)).toMatchObject({ topic: 'connection-problems', problems });
  await put({ version: 1, hide: ['dask-lxplus'] });
  expect(heard).toContainEqual(
    expect.objectContaining({ topic: 'connection-removed', id: 'farm' })
  );
  expect(heard).toContainEqual(
    expect.objectContaining({ topic: 'connection-removed', id: 'dask-lxplus' })
  );
});

it('lists a folder: folders first, filtered, cut, with a hundred thousand names', async () => {
  const { call, home } = await serve();
  const ask = (more: object) =>
    call(connections.folder, { id: 'vanilla-local', path: '~/data', ...more });
  await mkdir(join(home, 'data/sub'), { recursive: true });
  for (const name of ['b.txt', 'A.root', 'a.root']) {
    await writeFile(join(home, 'data', name), '');
  }
  expect(await ask({})).toEqual({
    path: join(home, 'data'),
    entries: [
      { name: 'sub', kind: 'folder' },
      { name: 'A.root', kind: 'file' },
      { name: 'a.root', kind: 'file' },
      { name: 'b.txt', kind: 'file' }
    ],
    matching: 4
  });
  expect(await ask({ filter: '.ROOT', most: 1 })).toMatchObject({
    entries: [{ name: 'A.root' }],
    matching: 2
  });
  expect((await ask({ path: '~' })).path).toBe(home);
  expect((await ask({ path: '~/data/../data/sub/' })).path).toBe(join(home, 'data/sub'));
  await expect(ask({ path: 'data' })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(ask({ path: '~/nix' })).rejects.toMatchObject({ code: 'not-found' });
  const many = join(home, 'many');
  await mkdir(many);
  for (let i = 0; i < 100; i++) {
    const names = Array.from({ length: 1000 }, (_, j) => `f${i}_${j}`);
    await Promise.all(names.map(name => mkdir(join(many, name))));
  }
  const listed = await ask({ path: many, filter: 'f99_', most: 10 });
  expect([listed.matching, listed.entries.length]).toEqual([1000, 10]);
});

it('tries a profile step by step, and leaves open what was open', async () => {
  const { call, heard } = await serve();
  const test = async (more: object = {}) => {
    const { id } = await call(connections.test, { profile: { ...mine, ...more } });
    await until(() =>
      heard.some(
        ({ topic, ...event }) =>
          topic === 'connection-test' &&
          'test' in event &&
          event.test.id === id &&
          event.test.state !== 'running'
      )
    );
    return call(connections.readTest, { id });
  };
  const passed = await test();
  expect(passed).toMatchObject({ state: 'passed', failure: null, details: { client: 'local' } });
  expect(passed.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'configuration ok',
    'connect skipped',
    'log-in skipped',
    'scheduler skipped',
    'python ok',
    'folders ok',
    'credentials ok'
  ]);
  expect(await call(connections.read, { id: 'vanilla-local' })).toMatchObject({ state: 'closed' });
  const failed = await test({ backend: 'vanilla-slurm', host: { kind: 'local' } });
  expect(failed).toMatchObject({
    state: 'failed',
    failure: { code: 'unsupported', message: 'sbatch is not on PATH.' }
  });
  const python = await test({ defaults: { python: '/no/python', workFolder: '/no/folder' } });
  expect(python.steps.filter(({ state }) => state === 'failed').map(({ name }) => name)).toEqual([
    'python',
    'folders'
  ]);
  await call(connections.open, { id: 'vanilla-local' });
  await test();
  expect(await call(connections.read, { id: 'vanilla-local' })).toMatchObject({ state: 'open' });
  await expect(call(connections.readTest, { id: 'x' })).rejects.toMatchObject({
    code: 'not-found'
  });
});

/** A program of the user's PATH that asks for a word. */
async function programs(scripts: Record<string, string>) {
  const bin = await mkdtemp(join(tmpdir(), 'bin-'));
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

it('gives up a proxy that is cancelled, and one that three answers do not get', async () => {
  const PATH = await programs({
    'voms-proxy-init': 'read word; echo "wrong pass phrase: $word" >&2; exit 3'
  });
  const { call } = await serve({ PATH });
  const answer = async (word: string | null) => {
    const { id } = await nextPrompt(call);
    await (word === null
      ? call(prompts.cancel, { id })
      : call(prompts.answer, { id, answer: word }));
  };
  const cancelled = call(connections.proxy, { id: 'vanilla-local' });
  await answer(null);
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  const denied = call(connections.proxy, { id: 'vanilla-local' });
  for (const word of ['s3cret-1', 's3cret-2', 's3cret-3']) {
    await answer(word);
  }
  await expect(denied).rejects.toMatchObject({ code: 'denied' });
  await expect(
    call(connections.proxy, { id: 'vanilla-local', voms: '-out /etc/passwd' })
  ).rejects.toMatchObject({ code: 'bad-request' });
});

it('repeats no answer, even where the program does', async () => {
  const PATH = await programs({
    kinit: 'read word; echo "kinit: no such realm: $word" >&2; exit 1'
  });
  const { call } = await serve({ PATH });
  const asked = call(connections.ticket, { id: 'vanilla-local', principal: 'me@REALM' });
  const { id, ...prompt } = await nextPrompt(call);
  expect(prompt).toMatchObject({ kind: 'secret', text: 'Password for me@REALM: ', again: false });
  await call(prompts.answer, { id, answer: 's3cret' });
  await expect(asked).rejects.toMatchObject({
    code: 'refused',
    message: 'kinit on this machine: kinit: no such realm: ***'
  });
});

it('uses the Kerberos cache of terminals where the server of SWAN has its own', async () => {
  const PATH = await programs({ klist: 'echo "klist: cannot read $KRB5CCNAME"; exit 1' });
  const { call } = await serve({
    PATH,
    KRB5CCNAME: 'FILE:/server',
    KRB5CCNAME_NB_TERM: 'FILE:/terminal'
  });
  await call(connections.folder, { id: 'vanilla-local', path: '/' });
  const { details } = await call(connections.probe, { id: 'vanilla-local' });
  expect(details?.ticket).toMatchObject({ reason: 'klist: cannot read FILE:/terminal' });
});

it('names the aliases of the ssh configuration', async () => {
  const config = join(await mkdtemp(join(tmpdir(), 'ssh-')), 'config');
  await writeFile(config, 'Host lx naf *.desy.de\n  User me\nHost psi\n');
  const { call } = await serve({ HEPBATCH_SSH_CONFIG: config });
  expect(await call(connections.aliases, undefined)).toEqual({ aliases: ['lx', 'naf', 'psi'] });
});
