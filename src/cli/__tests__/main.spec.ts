import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ask } from '../../agent/__tests__/served';
import { Failure } from '../../contract';
import { bundleCli, start } from './program';

/** The command as users have it: bundled, in a process of its own. */
let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

const hepbatch = (args: string[], env: Record<string, string> = {}) =>
  start([process.execPath, program, ...args], env);

/** An agent in a home of its own, once it says that it listens. */
async function agentIn(home: string, ...args: string[]) {
  const env = {
    HOME: home,
    TMPDIR: home,
    XDG_RUNTIME_DIR: '',
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: ''
  };
  const agent = hepbatch(['serve', ...args], env);
  await Promise.race([once(agent.child.stdout, 'data'), agent.ended]);
  const ready =
    agent.said.out === '' ? null : (JSON.parse(agent.said.out) as Record<string, unknown>);
  return { ...agent, ready, socket: String(ready?.['socket']) };
}

const newHome = () => mkdtemp(join(tmpdir(), 'home-'));
const runtimeOf = (home: string) => join(home, `hepbatch-${process.getuid?.() ?? 'user'}`);

it('says its version and its verbs', async () => {
  expect(await hepbatch(['--version']).ended).toEqual({
    code: 0,
    out: 'hepbatch 1.2.3\n',
    err: ''
  });
  const help = await hepbatch(['--help']).ended;
  expect(help.out).toMatch(
    / {2}audit .*\n {2}connections .*\n {2}clusters .*\n {2}submit .*\n {2}submissions .*\n {2}exec .*\n {2}doctor .*\n {2}serve /
  );
  expect((await hepbatch(['serve', '--help']).ended).out).toMatch(/--idle-minutes N/);
});

it('answers an unknown verb, and none, with one line and status 2', async () => {
  for (const args of [['audti'], []]) {
    const { code, out, err } = await hepbatch(args).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^hepbatch: .*the verbs are audit, connections, clusters, submit, submissions, exec, doctor and serve.*\n$/
    );
  }
});

it('says once where the agent listens, and ends cleanly when it is told to', async () => {
  const home = await newHome();
  const { child, ready, socket, ended } = await agentIn(home);
  expect(ready).toEqual({ ready: true, socket, pid: child.pid });
  expect(socket).toBe(join(runtimeOf(home), 'agent-2.sock'));
  expect(await ask(socket, 'GET', '/agent')).toMatchObject({
    said: { pid: child.pid, version: '1.2.3' }
  });
  const second = await agentIn(home);
  expect(second.ready).toEqual({ ready: true, socket, pid: child.pid, already: true });
  expect((await second.ended).code).toBe(0);
  child.kill('SIGTERM');
  const end = await ended;
  expect(end).toEqual({ code: 0, out: `${JSON.stringify(ready)}\n`, err: '' });
  expect(await readdir(runtimeOf(home))).toEqual([]);
});

it('starts once when many start it at the same time', async () => {
  const home = await newHome();
  const agents = await Promise.all(Array.from({ length: 5 }, () => agentIn(home)));
  const first = agents.filter(({ ready }) => ready?.['already'] === undefined);
  expect(first).toHaveLength(1);
  expect(new Set(agents.map(({ ready }) => ready?.['pid'])).size).toBe(1);
  first[0]?.child.kill('SIGINT');
  expect((await first[0]?.ended)?.code).toBe(0);
});

it('starts again after it was killed', async () => {
  const home = await newHome();
  const killed = await agentIn(home);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect((await readdir(runtimeOf(home))).sort()).toEqual(['agent-2.lock', 'agent-2.sock']);
  const next = await agentIn(home);
  expect(next.ready).toEqual({ ready: true, socket: killed.socket, pid: next.child.pid });
  expect(await ask(next.socket, 'GET', '/agent')).toMatchObject({ said: { pid: next.child.pid } });
  next.child.kill('SIGTERM');
  await next.ended;
});

it('outlives those who read what it says', async () => {
  const home = await newHome();
  const { child, socket, ended } = await agentIn(home);
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await ask(socket, 'GET', '/agent')).toMatchObject({ status: 200 });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

it('ends by itself, and says in the log why', async () => {
  const home = await newHome();
  const { ended } = await agentIn(home, '--idle-minutes', '0.002');
  expect((await ended).code).toBe(0);
  expect(await readdir(runtimeOf(home))).toEqual([]);
  const log = await readFile(join(home, '.local/state/hepbatch/agent.log'), 'utf8');
  expect(log).toMatch(/nobody listened for 0.002 minutes/);
});

it('says in one line of JSON why it cannot start', async () => {
  const home = await newHome();
  await mkdir(runtimeOf(home));
  await chmod(runtimeOf(home), 0o755);
  const { ended, ready } = await agentIn(home);
  const { code, err } = await ended;
  expect([ready, code]).toEqual([null, 2]);
  const failure = Failure.parse(JSON.parse(err));
  expect(failure).toMatchObject({
    code: 'denied',
    message: expect.stringMatching(/0755/) as string
  });
  for (const wrong of [['--idle-minutes', 'x'], ['--idle-minutes', '0'], ['--what'], ['surplus']]) {
    const refused = await (await agentIn(home, ...wrong)).ended;
    expect(refused.code).toBe(2);
    expect(Failure.parse(JSON.parse(refused.err)).code).toBe('bad-request');
  }
});
