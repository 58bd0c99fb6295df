import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { Connection, ConnectionTest, ProfileProblem } from '../../contract';
import { listeningPorts } from './listening-ports';
import { bundleCli, newHome, start } from './program';

let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

const agents = new Set<number>();
afterEach(() => {
  agents.forEach(pid => process.kill(pid));
  agents.clear();
});

/** The command line of a user who has nothing yet; the agent that it starts ends with the test. */
async function user(more: Record<string, string> = {}) {
  const { home, env } = await newHome();
  const all = { ...env, HEPBATCH_IDLE_MINUTES: '2', ...more };
  const hepbatch = (...args: string[]) => start([process.execPath, program, ...args], all).ended;
  const agent = async () => {
    const { out } = await hepbatch('serve');
    const { pid, already } = z
      .object({ pid: z.int(), already: z.boolean() })
      .parse(JSON.parse(out));
    agents.add(pid);
    return { pid, already };
  };
  return { home, hepbatch, agent };
}

const List = z.object({ connections: z.array(Connection), problems: z.array(ProfileProblem) });

it('starts an agent where none runs, and all commands share it', async () => {
  const { hepbatch, agent, home } = await user();
  const listed = await hepbatch('connections');
  const { pid, already } = await agent();
  expect(already).toBe(true);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(
    /^name +state +host +backend +title\ndask-local +closed +this machine/
  );
  expect(listed.out).toMatch(/lxplus +closed +lxplus\.cern\.ch +vanilla LXPLUS +LXPLUS/);
  const opened = await hepbatch('connections', 'open', 'Jobs on this machine');
  expect(opened).toMatchObject({ code: 0, err: '' });
  expect(opened.out).toMatch(/^Jobs on this machine is open: \w+ on /);
  const { out } = await hepbatch('connections', '--json');
  const open = List.parse(JSON.parse(out)).connections.filter(({ state }) => state === 'open');
  expect(open.map(({ profile }) => profile.id).slice(0, 2)).toEqual([
    'dask-local',
    'vanilla-local'
  ]);
  expect(await hepbatch('connections', 'close', 'dask-local')).toMatchObject({
    code: 0,
    out: 'Dask on this machine is closed\n'
  });
  expect((await agent()).pid).toBe(pid);
  const log = await readFile(join(home, '.local/state/hepbatch/agent.log'), 'utf8');
  expect(log.match(/listening on/g)).toHaveLength(1);
});

it('tries a connection, and says each step', async () => {
  const { hepbatch, agent } = await user({ PATH: dirname(process.execPath) + ':/usr/bin:/bin' });
  const passed = await hepbatch('connections', 'test', 'vanilla-local');
  await agent();
  expect(passed).toMatchObject({ code: 0, err: '' });
  const steps = passed.out.split('\n').map(line => line.split(/ +/).slice(0, 2).join(' '));
  expect(steps.slice(0, 7)).toEqual([
    'ok configuration',
    '- connect',
    '- log-in',
    '- scheduler',
    'ok python',
    'ok folders',
    'ok credentials'
  ]);
  expect(passed.out).toMatch(/passed\.\n$/);
  const failed = await hepbatch('connections', 'test', 'vanilla-slurm', '--json');
  expect(failed.code).toBe(1);
  expect(ConnectionTest.parse(JSON.parse(failed.out))).toMatchObject({
    state: 'failed',
    failure: { message: 'sbatch is not on PATH.' }
  });
});

it('says in one line what is wrong', async () => {
  const { hepbatch, agent, home } = await user({ PATH: dirname(process.execPath) });
  const file = join(home, '.jupyter/hepbatch/connections/group.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{"version": 1, "profiles": [{"id": "A\\u001b[31m"}]}');
  const listed = await hepbatch('connections');
  await agent();
  expect(listed.code).toBe(0);
  expect(listed.err).toMatch(`hepbatch connections: ${file}: profiles[0].`);
  expect(listed.err).not.toContain('\u001b');
  for (const [args, words] of [
    [['open', 'nix'], /there is no connection nix\. There are dask-local,/],
    [['open', 'vanilla-slurm'], /Slurm: sbatch is not on PATH\. Use /],
    [['open'], /open takes the name of one connection/],
    [['shut', 'x'], /"shut" is none of open, close and test/],
    [['--what'], /--what/]
  ] as const) {
    const { code, out, err } = await hepbatch('connections', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
    expect(err.trim()).not.toContain('\n');
  }
  expect((await hepbatch('connections', '--help')).out).toMatch(/^usage: hepbatch connections/);
});

it('says why no agent can be started', async () => {
  const { hepbatch, home } = await user();
  await mkdir(join(home, `hepbatch-${process.getuid?.() ?? ''}`), { mode: 0o755 });
  const { code, err } = await hepbatch('connections');
  expect(code).toBe(2);
  expect(err).toMatch(
    /^hepbatch connections: .* has mode 0755, others may enter it\. Remove .*\n$/
  );
});

it('gives up an agent that does not answer', async () => {
  const { hepbatch, agent } = await user();
  await hepbatch('connections');
  const { pid } = await agent();
  process.kill(pid, 'SIGSTOP');
  const { code, err } = await hepbatch('connections');
  process.kill(pid, 'SIGCONT');
  expect(code).toBe(2);
  expect(err).toMatch(/did not say who it is within 5 s\. Try again/);
});

it('has an agent that listens on no TCP port', async () => {
  const { hepbatch, agent } = await user();
  await hepbatch('connections', 'open', 'vanilla-local');
  const { pid } = await agent();
  expect(await listeningPorts(pid)).toEqual([]);
  // The look itself sees a port where there is one.
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  expect(await listeningPorts(process.pid)).toHaveLength(1);
  server.close();
});
