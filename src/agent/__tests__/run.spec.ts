import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { endGroup, killAll, run, spawnGroup } from '../run';

const options = (more: object = {}) => ({
  env: { PATH: process.env['PATH'] },
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  maxOutputBytes: 1_000_000,
  ...more
});

/** Whether a program with this argument runs, a dead one that nobody waited for not counted. */
function isRunning(marker: string): boolean {
  const lines = execFileSync('ps', ['-eo', 'stat=,args=']).toString().split('\n');
  return lines.some(line => line.includes(marker) && !line.startsWith('Z'));
}

let unique = process.pid * 1000;
/** A number of seconds that no other test sleeps. */
const seconds = () => String(++unique);

it('gives the words and the exit status, and passes arguments untouched', async () => {
  const argv = ['node', '-e', 'console.log(process.argv[1]); console.error(2); process.exit(3)'];
  const result = await run([...argv, '$(touch x); "a b" *'], options());
  expect(result).toEqual({
    end: 'exited',
    code: 3,
    stdout: '$(touch x); "a b" *\n',
    stderr: '2\n'
  });
});

it('hands over stdin, and does not mind a program that does not read it', async () => {
  const echoed = await run(['cat'], options({ stdin: 'é'.repeat(100_000) }));
  expect(echoed.stdout).toBe('é'.repeat(100_000));
  const deaf = await run(['true'], options({ stdin: 'x'.repeat(1_000_000) }));
  expect(deaf).toMatchObject({ end: 'exited', code: 0 });
});

it('streams stdout instead of keeping it where it is asked to', async () => {
  const parts: Buffer[] = [];
  const result = await run(['echo', 'hello'], options({ onStdout: (b: Buffer) => parts.push(b) }));
  expect([Buffer.concat(parts).toString(), result.stdout]).toEqual(['hello\n', '']);
});

it('says that a program is not there, or that it was killed', async () => {
  expect(await run(['/no/such/program'], options())).toMatchObject({
    end: 'not-started',
    message: expect.stringContaining('ENOENT') as unknown
  });
  const killed = await run(['sh', '-c', 'kill -9 $$'], options());
  expect(killed).toMatchObject({ end: 'signal', signal: 'SIGKILL' });
});

it('ends a program that takes too long, with its children, even one that ignores SIGTERM', async () => {
  const [child, self] = [seconds(), seconds()];
  const script = `trap '' TERM; sleep ${child} & sleep ${self}; sleep ${self}`;
  const result = await run(['sh', '-c', script], options({ timeoutMs: 300 }));
  expect(result.end).toBe('timed-out');
  expect([isRunning(child), isRunning(self)]).toEqual([false, false]);
});

it('ends everything when cancelled, and does not start what was cancelled before', async () => {
  const [child, stop] = [seconds(), new AbortController()];
  const running = run(['sh', '-c', `sleep ${child} & wait`], options({ signal: stop.signal }));
  await expect.poll(() => isRunning(child)).toBe(true);
  stop.abort();
  expect((await running).end).toBe('cancelled');
  expect(isRunning(child)).toBe(false);
  expect((await run(['true'], options({ signal: stop.signal }))).end).toBe('cancelled');
});

it('ends a program that says too much', async () => {
  const result = await run(['yes'], options({ maxOutputBytes: 100_000 }));
  expect(result.end).toBe('too-much-output');
  expect(result.stdout.length).toBeLessThanOrEqual(100_000);
});

it('does not wait for a child that outlives its parent and holds the pipe', async () => {
  const child = seconds();
  const result = await run(['sh', '-c', `sleep ${child} & echo said`], options());
  expect(result).toMatchObject({ end: 'exited', code: 0, stdout: 'said\n' });
  expect(isRunning(child)).toBe(false);
});

it('loses no words where this process stood still around the end of a program', async () => {
  const standStill = (ms: number) =>
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const said = run(['sh', '-c', 'sleep 0.4; echo said'], options());
  // Its end is seen together with that of another one, before its words are read.
  const onStdout = () => {
    standStill(700);
    setImmediate(() => standStill(1500));
  };
  const other = run(['echo', 'other'], options({ onStdout }));
  standStill(100);
  expect(await said).toEqual({ end: 'exited', code: 0, stdout: 'said\n', stderr: '' });
  await other;
});

it('killAll leaves nothing behind', async () => {
  const child = seconds();
  spawnGroup(['sh', '-c', `trap '' TERM; sleep ${child} & wait`], { env: options().env });
  await expect.poll(() => isRunning(child)).toBe(true);
  killAll();
  await expect.poll(() => isRunning(child)).toBe(false);
});

it('endGroup is done with a program that had ended, and with one never started', async () => {
  const child = spawnGroup(['true'], { env: options().env });
  await sleep(200);
  await endGroup(child.pid);
  await endGroup(undefined);
});
