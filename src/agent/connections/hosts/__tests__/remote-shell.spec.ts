import { execFileSync } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IHostRunOptions } from '../host';
import { RemoteShell } from '../remote-shell';
import { SHELLS, loginShell } from './login-shell';
import { isRunning, sleeper } from './running';

const options = (more: Partial<IHostRunOptions> = {}): IHostRunOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  maxOutputBytes: 10_000_000,
  ...more
});

const here = (before = '') => new RemoteShell('here', loginShell(['sh'], before));

const text = fc.string({ unit: 'binary' }).map(word => word.replaceAll('\0', ''));

describe.each(SHELLS)('$name as a login shell', ({ argv: shell }) => {
  it('passes arguments, variables and folder untouched, whatever they contain', async () => {
    const remote = new RemoteShell('here', loginShell(shell));
    const script =
      'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.WORD]))';
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), text, async (words, value) => {
        const argv = ['node', '-e', script, '--', ...words];
        const ran = await remote.run(argv, options({ env: { WORD: value } }));
        expect(ran).toMatchObject({ end: 'exited', code: 0, stderr: '' });
        expect(JSON.parse(ran.stdout)).toEqual([words, value]);
      }),
      { numRuns: 15 }
    );
    const inTmp = await remote.run(['pwd'], options({ cwd: '/tmp' }));
    expect(inTmp.stdout).toBe('/tmp\n');
  });
});

it('gives both streams byte for byte, and takes stdin so', async () => {
  const data = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
  const parts: Buffer[] = [];
  const ran = await here().run(
    ['sh', '-c', 'cat; printf "no newline" >&2'],
    options({ stdin: data, onStdout: chunk => parts.push(chunk) })
  );
  expect(ran).toEqual({ end: 'exited', code: 0, stdout: '', stderr: 'no newline' });
  expect(Buffer.concat(parts).equals(data)).toBe(true);
});

it('is not confused by what the start-up files of the login print', async () => {
  const noisy = here('echo Welcome; echo "no tty" >&2; ');
  expect(await noisy.run(['echo', 'x'], options())).toEqual({
    end: 'exited',
    code: 0,
    stdout: 'x\n',
    stderr: ''
  });
});

it.each([
  ['exit 0', { end: 'exited', code: 0 }],
  ['exit 1', { end: 'exited', code: 1 }],
  ['exit 126', { end: 'exited', code: 126 }],
  ['exit 127', { end: 'exited', code: 127 }],
  ['exit 255', { end: 'exited', code: 255 }],
  ['kill -9 $$', { end: 'signal', signal: 'SIGKILL' }],
  ['kill -15 $$', { end: 'signal', signal: 'SIGTERM' }],
  ['kill -11 $$', { end: 'signal', signal: 'SIGSEGV' }]
])('tells how %s ended, and nothing on stderr', async (script, end) => {
  const ran = await here().run(['sh', '-c', script], options());
  expect(ran).toEqual({ ...end, stdout: '', stderr: '' });
});

it('says where a program, its folder or its arguments cannot be used', async () => {
  const message = (what: string) => ({
    end: 'not-started',
    message: expect.stringContaining(what) as unknown
  });
  const run = (argv: string[], more = {}) => here().run(argv, options(more));
  expect(await run(['no-such-program-here'])).toMatchObject(message('no-such-program-here'));
  expect(await run(['/etc/passwd'])).toMatchObject(message('/etc/passwd'));
  expect(await run(['/etc'])).toMatchObject(message('/etc'));
  expect(await run(['true'], { cwd: '/no/such' })).toMatchObject(message('folder'));
  expect(await run(['true'], { cwd: 'relative' })).toMatchObject(message('relative'));
  expect(await run([])).toMatchObject(message('program'));
  expect(await run(['-a', 'x'])).toMatchObject(message('dash'));
  expect(await run(['echo', 'a\0b'])).toMatchObject(message('NUL'));
  expect(await run(['true'], { env: { 'a b': 'x' } })).toMatchObject(message('a b'));
  expect(await run(['echo', 'x'.repeat(200_000)])).toMatchObject(message('bytes long'));
});

it('sets and takes away variables', async () => {
  const ran = await here().run(
    ['sh', '-c', 'echo "$A ${HOME-none}"'],
    options({ env: { A: 'a b', HOME: undefined } })
  );
  expect(ran.stdout).toBe('a b none\n');
});

it('ends a command there when its time is over, with its children, even a stubborn one', async () => {
  const [child, self] = [sleeper(), sleeper()];
  const script = `trap '' TERM; ${child} & ${self}; ${self}`;
  const ran = await here().run(['sh', '-c', script], options({ timeoutMs: 700 }));
  expect(ran.end).toBe('timed-out');
  await expect.poll(() => [child, self].map(isRunning)).toEqual([false, false]);
});

it('ends everything there when cancelled, and starts nothing that was cancelled before', async () => {
  const [child, stop] = [sleeper(), new AbortController()];
  const running = here().run(['sh', '-c', `${child} & wait`], options({ signal: stop.signal }));
  await expect.poll(() => isRunning(child)).toBe(true);
  stop.abort();
  expect((await running).end).toBe('cancelled');
  expect(isRunning(child)).toBe(false);
  expect((await here().run(['true'], options({ signal: stop.signal }))).end).toBe('cancelled');
});

it('ends what says too much, and gives what was said until then', async () => {
  const ran = await here().run(['yes'], options({ maxOutputBytes: 100_000 }));
  expect(ran.end).toBe('too-much-output');
  expect(ran.stdout.length).toBeLessThanOrEqual(100_000);
});

it('ends what a program leaves behind, and waits for nothing that left its group', async () => {
  const [left, gone] = [sleeper(), sleeper()];
  const script = `${left} & setsid ${gone} & sleep 0.2; echo done`;
  const ran = await here().run(['sh', '-c', script], options());
  expect(ran).toMatchObject({ end: 'exited', code: 0, stdout: 'done\n' });
  expect([isRunning(left), isRunning(gone)]).toEqual([false, true]);
  execFileSync('pkill', ['-f', `^${gone}$`]);
});

it('takes an end that its wrapper did not report for unknown', async () => {
  const lied = here('exec true; ');
  expect(await lied.run(['true'], options())).toMatchObject({
    end: 'unknown',
    reason: 'the session ended with 0'
  });
  const refused = here('echo "This account is not available."; exit 1; ');
  expect(await refused.run(['true'], options())).toMatchObject({
    end: 'unknown',
    reason: expect.stringContaining('This account is not available.') as unknown
  });
  const killed = await here().run(['sh', '-c', 'echo half; kill -9 $PPID; sleep 1'], options());
  expect(killed).toMatchObject({ end: 'unknown', stdout: 'half\n' });
});

it('runs at most eight at once, the rest in their turn', async () => {
  const open = loginShell(['sh']);
  let [now, most] = [0, 0];
  const counted = new RemoteShell('here', async line => {
    most = Math.max(most, ++now);
    const channel = await open(line);
    void channel.closed.then(() => now--);
    return channel;
  });
  const ends = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      counted.run(['sh', '-c', `sleep 0.1; exit ${i}`], options())
    )
  );
  expect(ends).toMatchObject(ends.map((_, code) => ({ end: 'exited', code })));
  expect(most).toBe(8);
});

it('gives the streams of a command that runs, and ends it', async () => {
  const cat = await here().start(['cat'], {});
  cat.stdin.end('said');
  cat.stderr.resume();
  expect((await buffer(cat.stdout)).toString()).toBe('said');
  expect(await cat.ended).toEqual({ end: 'exited', code: 0, stdout: '', stderr: '' });

  const word = sleeper();
  const long = await here().start(['sh', '-c', `echo begun; ${word}`], {});
  long.stderr.resume();
  const said = buffer(long.stdout);
  await long.kill();
  expect(await long.ended).toMatchObject({ end: 'signal', signal: 'SIGTERM' });
  expect([(await said).toString(), isRunning(word)]).toEqual(['begun\n', false]);
  await expect(here().start([], {})).rejects.toMatchObject({ code: 'bad-request' });
});

it('ends there all that runs when it is closed, and starts nothing any more', async () => {
  const [first, second] = [sleeper(), sleeper()];
  const shell = here();
  const ran = shell.run(['sh', '-c', first], options());
  const started = await shell.start(['sh', '-c', second], {});
  [started.stdout, started.stderr].forEach(stream => stream.resume());
  await expect.poll(() => [first, second].every(isRunning)).toBe(true);
  await shell.close();
  expect((await ran).end).toBe('cancelled');
  expect((await started.ended).end).toBe('signal');
  expect([first, second].map(isRunning)).toEqual([false, false]);
  await expect(shell.run(['true'], options())).rejects.toMatchObject({ code: 'connection-lost' });
});

it('does not wait for ever for a host that says nothing', async () => {
  const silent = new RemoteShell('here', () => new Promise(() => undefined), undefined, 50);
  const ran = await silent.run(['true'], options({ timeoutMs: 50 }));
  expect(ran).toMatchObject({
    end: 'unknown',
    reason: 'timed-out, and the host has not said whether it was begun'
  });
  await silent.close();
});
