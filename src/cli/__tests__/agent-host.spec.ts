/** Audits whose outputs lie on another host, through the agent that holds the line to it. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { describeWith, find } from '../../agent/__tests__/test-bed';
import { SSH } from '../../agent/connections/hosts/__tests__/ssh-bed';
import { Tree } from '../../agent/audits/__tests__/tree';
import { auditOf } from '../../agent/audits/there/__tests__/both-ways';
import { openAgent, type IAgentClient } from '../agent-client';
import { AgentHost } from '../agent-host';
import { bundleCli, newHome, start } from './program';

const sshConfig = find(SSH)?.sshConfig;
const never = new AbortController().signal;

let program = '';
let world: Awaited<ReturnType<typeof newHome>>;
let client: IAgentClient;
let pid = 0;
const hepbatch = (...args: string[]) => {
  const { child, ended } = start([process.execPath, program, ...args], {
    ...world.env,
    HEPBATCH_IDLE_MINUTES: '2',
    ...(sshConfig === undefined ? {} : { HEPBATCH_SSH_CONFIG: sshConfig })
  });
  child.stdin.end();
  return ended;
};
beforeAll(async () => {
  program = await bundleCli();
  world = await newHome();
  const folder = join(world.home, '.jupyter/hepbatch/connections');
  await mkdir(folder, { recursive: true });
  const host = { kind: 'ssh', destination: 'hep-a', client: 'openssh' };
  const common = { backend: 'vanilla-local', host, defaults: {} };
  const profiles = [{ id: 'away', title: 'Away', ...common }];
  await writeFile(join(folder, 'test.json'), JSON.stringify({ version: 1, profiles }));
  await hepbatch('exec', 'vanilla-local', '--', 'true'); // starts the agent
  const { out } = await hepbatch('serve');
  pid = z.object({ pid: z.int(), already: z.literal(true) }).parse(JSON.parse(out)).pid;
  vi.stubEnv('TMPDIR', world.home);
  client = await openAgent({ env: world.env });
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  process.kill(pid);
});

/** A tree with something of everything, readable by all. */
function analysis(): Tree {
  const tree = new Tree();
  for (const stem of ['whole', 'cut', 'none', 'late']) {
    tree.input('A b', stem, 20);
  }
  tree.chunk('A b/nominal/whole_Events_0-20.parquet');
  tree.chunk('A b/nominal/cut_Events_0-20.parquet');
  tree.cut('A b/nominal/cut_Events_0-20.parquet', 50);
  tree.chunk('A b/nominal/late_Events_10-20.parquet');
  tree.link('A b/linked_up', 'nominal');
  tree.file('A b/nominal/two\nlines', 'x');
  tree.folder('not in the JSON');
  tree.input('Gone', 'f', 5);
  return tree.save();
}

describe('a host through the agent', () => {
  const host = () => new AgentHost(client, 'vanilla-local', 'here by the agent');
  const options = { signal: never, timeoutMs: 20_000, maxOutputBytes: 1e6 };

  it('runs programs with variables and input, and tells how they ended', async () => {
    const script = 'cat; echo "$A" >&2; exit 3';
    const ran = await host().run(['sh', '-c', script], { ...options, stdin: 'x', env: { A: '1' } });
    expect(ran).toEqual({ end: 'exited', code: 3, stdout: 'x', stderr: '1\n' });
    const absent = await host().run(['no-such-program'], options);
    expect(absent.end).toBe('not-started');
    const slow = await host().run(['sleep', '60'], { ...options, timeoutMs: 200 });
    expect(slow.end).toBe('timed-out');
    const loud = await host().run(['yes'], { ...options, maxOutputBytes: 1000 });
    expect(loud.end).toBe('too-much-output');
  });

  it('reads and writes files', async () => {
    const path = join(world.home, 'some file');
    await host().write(path, 'hello');
    expect((await host().read(path, { maxBytes: 100 })).toString()).toBe('hello');
    await expect(host().read('/no/such', { maxBytes: 1 })).rejects.toMatchObject({
      code: 'not-found'
    });
  });

  it('gives the same audit as this machine', async () => {
    const tree = analysis();
    const there = await auditOf(tree, { on: 'there', inputsOn: 'there' }, host());
    expect(there).toBe(await auditOf(tree));
  });
});

const argv = ({ samplesJson, source, eventsJson, root }: Tree, name: string) =>
  ['audit', '--on', name, '-j', samplesJson, '-s', source, '-c', 'DAS']
    .concat(['--events', eventsJson, '-o', join(root, 'missing.json')])
    .concat(['--report', join(root, 'report.json')]);

describe('hepbatch audit --on', () => {
  it.each([
    [
      'away',
      /^hepbatch audit: The connection away is closed. Open it first: hepbatch connections open away\n$/
    ],
    ['nix', /^hepbatch audit: there is no connection nix\. There are .*away\.?\n$/],
    ['No Name', /^hepbatch audit: --on takes the id of a connection, not "No Name"/]
  ])('%s says what to do, and writes nothing', async (name, words) => {
    const tree = analysis();
    const { code, out, err } = await hepbatch(...argv(tree, name));
    expect(err).toMatch(words);
    expect([code, out]).toEqual([2, '']);
    expect(existsSync(join(tree.root, 'missing.json'))).toBe(false);
  });

  it('a connection to this machine is this machine', async () => {
    const tree = analysis();
    expect(await hepbatch(...argv(tree, 'vanilla-local'))).toMatchObject({ code: 1, err: '' });
  });
});

describeWith(SSH, 'hepbatch audit --on a real SSH server', () => {
  it('gives the same as here', async () => {
    const tree = analysis();
    // The user of that server is another one.
    [world.home, tree.root].forEach(path => chmodSync(path, 0o755));
    const here = argv(tree, 'away').filter(word => word !== '--on' && word !== 'away');
    const outputs = () =>
      ['missing.json', 'report.json'].map(name => readFileSync(join(tree.root, name), 'utf8'));
    const before = { ...(await hepbatch(...here)), files: outputs() };
    expect((await hepbatch('connections', 'open', 'away')).code).toBe(0);
    const there = { ...(await hepbatch(...argv(tree, 'away'))), files: outputs() };
    expect(there).toEqual(before);
    const verified = await hepbatch(...argv(tree, 'away'), '--verify');
    expect({ ...verified, files: outputs() }).toEqual(before);
  });
});
