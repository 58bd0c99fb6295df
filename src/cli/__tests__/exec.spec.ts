import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { until } from '../../agent/__tests__/served';
import { bundleCli, newHome, start } from './program';

let program = '';
let world: Awaited<ReturnType<typeof newHome>>;
let pid = 0;
beforeAll(async () => {
  program = await bundleCli();
  world = await newHome();
  await run(['true']); // starts the agent
  const { out } = await hepbatch('serve').ended;
  pid = z.object({ pid: z.int(), already: z.literal(true) }).parse(JSON.parse(out)).pid;
});
afterAll(() => {
  try {
    process.kill(pid);
  } catch {
    // the last test has killed it
  }
});

const hepbatch = (...args: string[]) =>
  start([process.execPath, program, ...args], { ...world.env, HEPBATCH_IDLE_MINUTES: '2' });
const exec = (...command: string[]) => hepbatch('exec', 'vanilla-local', '--', ...command);

/** Runs a command with an input that ends. */
function run(command: readonly string[], stdin = '') {
  const { child, ended } = exec(...command);
  child.stdin.end(stdin);
  return ended;
}

it('opens the connection, passes on input, output and status', async () => {
  const ran = await run(['sh', '-c', 'cat; echo oops >&2; exit 3'], 'hello\n');
  expect(ran).toEqual({ code: 3, out: 'hello\n', err: 'oops\n' });
  expect(await run(['true'])).toEqual({ code: 0, out: '', err: '' });
  const words = ['$HOME', "it's", '; false', ''];
  expect((await run(['printf', '<%s>', ...words])).out).toBe(words.map(w => `<${w}>`).join(''));
});

it('tells the ways in which a command can end apart', async () => {
  const killed = await run(['sh', '-c', 'kill -9 $$']);
  expect(killed).toMatchObject({ code: 137, err: 'hepbatch exec: sh was ended by SIGKILL\n' });
  const absent = await run(['no-such-program']);
  expect(absent.code).toBe(127);
  expect(absent.err).toMatch(/^hepbatch exec: .*no-such-program/);
  for (const [args, words] of [
    [['nix', '--', 'true'], /there is no connection nix/],
    [['vanilla-local', 'true'], /one connection before --/],
    [['vanilla-local'], /the command after --/],
    [['--cwd', 'x', 'vanilla-local', '--', 'true'], /absolute/]
  ] as const) {
    const { code, err } = await hepbatch('exec', ...args).ended;
    expect(code).toBe(255);
    expect(err).toMatch(words);
  }
  expect((await hepbatch('exec', '--help').ended).out).toMatch(/^usage: hepbatch exec/);
});

it('begins where it is told to', async () => {
  const { child, ended } = hepbatch('exec', '--cwd', '/usr', 'vanilla-local', '--', 'pwd');
  child.stdin.end();
  expect((await ended).out).toBe('/usr\n');
});

it('passes on bytes as they are', async () => {
  const [from, to] = [join(world.home, 'from'), join(world.home, 'to')];
  const bytes = randomBytes(5_000_000);
  await writeFile(from, bytes);
  const script = '"$0" "$1" exec vanilla-local -- cat <"$2" >"$3"';
  const { ended } = start(['sh', '-c', script, process.execPath, program, from, to], {
    ...world.env
  });
  expect(await ended).toMatchObject({ code: 0, err: '' });
  expect((await readFile(to)).equals(bytes)).toBe(true);
});

it('ends the command there when the person ends it here, or reads no more', async () => {
  const isRunning = (mark: string) =>
    execFileSync('ps', ['-eo', 'args']).toString().includes(`\nsleep ${mark}`);
  const mark = `2718.${Date.now()}`;
  const { child, ended } = exec('sh', '-c', `echo begun; sleep ${mark} & wait`);
  await until(() => isRunning(mark));
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  await until(() => !isRunning(mark));
  const script = '"$0" "$1" exec vanilla-local -- yes | head -n 1';
  const piped = start(['sh', '-c', script, process.execPath, program], { ...world.env });
  expect(await piped.ended).toMatchObject({ code: 0, out: 'y\n' });
});

it('does not know how a command ended whose agent was killed', async () => {
  const { child, said, ended } = exec('sh', '-c', 'echo begun; cat');
  await until(() => said.out === 'begun\n');
  process.kill(pid, 'SIGKILL');
  const { code, err } = await ended;
  expect(code).toBe(255);
  expect(err).toMatch(/^hepbatch exec: nobody knows how sh ended, it may run on: /);
  child.stdin.end();
});
