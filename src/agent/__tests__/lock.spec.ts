import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { acquireLock } from '../lock';

let program = '';
beforeAll(async () => {
  // Takes the lock, shows that it is alone, and so on. With `stay` it keeps the lock; with `die` it
  // leaves it as a process that was killed does: held, under a name that no process has any more.
  const contents = `
    import { acquireLock } from './src/agent/lock';
    import { closeSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
    const [path, rounds, way] = process.argv.slice(2);
    let won = 0;
    while (won < Number(rounds)) {
      const { lock } = acquireLock(path);
      if (lock !== null) {
        closeSync(openSync(path + '-alone', 'wx')); // throws where another one holds it too
        if (way === 'stay') { console.log('held'); setInterval(() => {}, 1000); break; }
        unlinkSync(path + '-alone');
        won += 1;
        const [claim] = readdirSync(path);
        const dead = path + '/99999999-' + process.pid + '000' + won;
        if (way === 'die') { renameSync(path + '/' + claim, dead); } else { lock.release(); }
      }
    }`;
  const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' as const };
  program = join(await mkdtemp(join(tmpdir(), 'lock-')), 'taker.cjs');
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile: program });
});

const fresh = async () => join(await mkdtemp(join(tmpdir(), 'lock-')), 'a.lock');
const start = (...args: string[]) => spawn(process.execPath, [program, ...args]);

async function ends(child: ChildProcess): Promise<number | null> {
  const said = child.stderr?.setEncoding('utf8');
  said?.on('data', text => console.error(text));
  await once(child, 'close');
  return child.exitCode;
}

it('is held by one process at a time, however many want it', async () => {
  const path = await fresh();
  const children = Array.from({ length: 4 }, () => start(path, '150'));
  expect(await Promise.all(children.map(ends))).toEqual([0, 0, 0, 0]);
  expect(await readdir(join(path, '..'))).toEqual([]);
});

it('is taken over by one at a time from those who leave it behind', async () => {
  const path = await fresh();
  const children = Array.from({ length: 4 }, () => start(path, '300', 'die'));
  expect(await Promise.all(children.map(ends))).toEqual([0, 0, 0, 0]);
  expect(await readdir(join(path, '..'))).toEqual(['a.lock']);
});

it('is taken over from killed processes by one of many, over and over', async () => {
  const path = await fresh();
  for (let round = 0; round < 5; round++) {
    const children = Array.from({ length: 3 }, () => start(path, '1', 'stay'));
    const closed = children.map(child => once(child, 'close'));
    const holders: ChildProcess[] = [];
    children.forEach(child => child.stdout.on('data', () => holders.push(child)));
    for (let killed = 0; killed < 3; killed++) {
      await until(() => holders.length > killed);
      const holder = holders[killed];
      expect(acquireLock(path)).toEqual({ lock: null, holder: holder?.pid });
      await rm(`${path}-alone`); // its own, which it cannot remove any more
      holder?.kill('SIGKILL');
    }
    expect(new Set(holders).size).toBe(3);
    await Promise.all(closed);
  }
  const mine = acquireLock(path);
  expect(mine.lock?.isHeld()).toBe(true);
  mine.lock?.release();
});

it('says that this process has it, and gives it back once', async () => {
  const path = await fresh();
  const first = acquireLock(path);
  expect(acquireLock(path)).toEqual({ lock: null, holder: process.pid });
  first.lock?.release();
  first.lock?.release();
  expect(first.lock?.isHeld()).toBe(false);
  expect(acquireLock(path).lock).not.toBeNull();
});

it.skipIf(process.platform !== 'linux')('does not take a new process for an old one', async () => {
  const path = await fresh();
  await mkdir(path);
  await writeFile(join(path, `${process.pid}-1`), ''); // our number, another start
  expect(acquireLock(path).lock?.isHeld()).toBe(true);
});

it.skipIf(process.platform !== 'linux')('knows a zombie for dead', async () => {
  const path = await fresh();
  // The shell becomes a program that never asks how its child ended.
  const shell = spawn('sh', [
    '-c',
    '"$0" "$1" "$2" 1 stay & echo $!; exec sleep 60',
    process.execPath,
    program,
    path
  ]);
  shell.stdout.setEncoding('utf8');
  let said = '';
  shell.stdout.on('data', text => (said += String(text)));
  await until(() => said.includes('held'));
  const pid = Number(/\d+/.exec(said)?.[0]);
  expect(acquireLock(path)).toEqual({ lock: null, holder: pid });
  process.kill(pid, 'SIGKILL');
  await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
  expect(acquireLock(path).lock?.isHeld()).toBe(true);
  shell.kill('SIGKILL');
});

it('does not remove what is no lock', async () => {
  const path = await fresh();
  await writeFile(path, 'a file');
  expect(() => acquireLock(path)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error);
  await rm(path);
  await mkdir(path);
  await writeFile(join(path, 'notes.txt'), '');
  expect(() => acquireLock(path)).toThrow(/notes\.txt is not the name of a process/);
  expect(await readdir(path)).toEqual(['notes.txt']);
});

it('never gives up the lock of another one, and shows that it is in use', async () => {
  const path = await fresh();
  const lost = acquireLock(path);
  await utimes(path, 1, 1);
  lost.lock?.touch();
  expect(statSync(path).mtimeMs).toBeGreaterThan(1e12);
  await rm(path, { recursive: true });
  await mkdir(path);
  await writeFile(join(path, '1-1'), '');
  expect(lost.lock?.isHeld()).toBe(false);
  lost.lock?.release();
  expect(await readdir(path)).toEqual(['1-1']);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

it('is not taken from a process of another machine while that one is heard of', async () => {
  const path = await fresh();
  const [here, there] = ['node-a', 'node-b'].map(node => ({ node, staleMs: 60_000 }));
  const held = acquireLock(path, there);
  expect(held.lock).not.toBeNull();
  // The number of the process says nothing here: it may be one of ours, or none at all.
  expect(acquireLock(path, here)).toEqual({ lock: null, holder: process.pid, node: 'node-b' });
  expect(acquireLock(path)).toEqual({ lock: null, holder: process.pid, node: 'node-b' });
  const [claim = ''] = await readdir(path);
  const long = new Date(Date.now() - 120_000);
  await utimes(join(path, claim), long, long);
  held.lock?.touch();
  expect(acquireLock(path, here)).toMatchObject({ lock: null });
  await utimes(join(path, claim), long, long);
  const taken = acquireLock(path, here);
  expect(taken.lock?.isHeld()).toBe(true);
  expect(held.lock?.isHeld()).toBe(false);
  held.lock?.touch(); // makes nothing anew
  held.lock?.release();
  expect(taken.lock?.isHeld()).toBe(true);
  taken.lock?.release();
});

it('is taken at once from a dead process of this machine, shared or not', async () => {
  const path = await fresh();
  await mkdir(path);
  await writeFile(join(path, '99999999-1@node-a'), '');
  const { lock } = acquireLock(path, { node: 'node-a', staleMs: 60_000 });
  expect(lock?.isHeld()).toBe(true);
  lock?.release();
});
