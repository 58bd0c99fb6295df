import { randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { IHostRunOptions } from '../host';
import { isRunning, sleeper } from './running';
import type { ISuiteWorld } from './suite';
import { options } from './suite';

/** Words that some shell on the way might take for something else. */
const HOSTILE = [
  "a'b",
  '',
  ' ',
  '$(id)',
  '`id`',
  '!!',
  'new\nline',
  '\\',
  '*',
  '-n',
  'é\u{1F600}',
  '%s'
];

/** Programs of a host: how they end, what they say, and that they are gone when they have to be. */
export function processSuite(world: ISuiteWorld): void {
  const run = (argv: readonly string[], more: Partial<IHostRunOptions> = {}) =>
    world.host().run(argv, options(more));
  const sh = (script: string, more: Partial<IHostRunOptions> = {}) =>
    run(['sh', '-c', script], more);

  describe('programs', () => {
    it.each([0, 1, 126, 127, 200, 255])('tells the exit status %i', async code => {
      expect(await sh(`exit ${code}`)).toEqual({ end: 'exited', code, stdout: '', stderr: '' });
    });

    it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'])('tells the death by %s', async signal => {
      const ran = await sh(`kill -s ${signal.slice(3)} $$`);
      expect(ran).toEqual({ end: 'signal', signal, stdout: '', stderr: '' });
    });

    it('gives both streams and takes stdin byte for byte', async () => {
      const data = randomBytes(3_000_000);
      const parts: Buffer[] = [];
      const onStdout = (chunk: Buffer) => parts.push(chunk);
      const ran = await sh('cat; printf "é\\nno end" >&2', { stdin: data, onStdout });
      expect(ran).toEqual({ end: 'exited', code: 0, stdout: '', stderr: 'é\nno end' });
      expect(Buffer.concat(parts).equals(data)).toBe(true);
      const loud = await sh('head -c 300000 /dev/zero | tr "\\0" x >&2');
      expect(loud.stderr).toBe('x'.repeat(300_000));
    });

    it('has an empty stdin where nothing is said', async () => {
      expect(await run(['cat'])).toMatchObject({ end: 'exited', code: 0, stdout: '' });
    });

    it('passes arguments and variables untouched, and starts in the folder', async () => {
      const argv = ['sh', '-c', 'pwd; printf "%s\\0" "$WORDS" "$@"; echo "${HOME-none}"', 'sh'];
      const env = { WORDS: HOSTILE.join('|'), HOME: undefined };
      const ran = await run([...argv, ...HOSTILE], { env, cwd: world.folder() });
      const words = [HOSTILE.join('|'), ...HOSTILE].map(word => `${word}\0`).join('');
      expect(ran.stdout).toBe(`${world.folder()}\n${words}none\n`);
      const home = await sh('[ "$PWD" = ~ ] && echo home');
      expect(home.stdout).toBe('home\n');
    });

    it('says what cannot be started', async () => {
      const ends = await Promise.all([
        run(['no-such-program-anywhere']),
        run(['/etc/passwd']),
        run(['true'], { cwd: '/no/such/folder' }),
        run([]),
        run(['echo', 'a\0b']),
        run(['-dash'])
      ]);
      expect(ends.map(({ end }) => end)).toEqual(Array(6).fill('not-started'));
    });

    it('ends there what takes too long, with its children', async () => {
      const [child, self] = [sleeper(), sleeper()];
      const ran = await sh(`${child} & echo begun; ${self}`, { timeoutMs: 700 });
      expect(ran).toMatchObject({ end: 'timed-out', stdout: 'begun\n' });
      expect([child, self].map(isRunning)).toEqual([false, false]);
    });

    it('ends there what is cancelled, and what does not mind SIGTERM', async () => {
      const [child, stop] = [sleeper(), new AbortController()];
      const ran = sh(`trap '' TERM; ${child}; ${child}`, { signal: stop.signal });
      await expect.poll(() => isRunning(child)).toBe(true);
      stop.abort();
      expect(await ran).toEqual({ end: 'cancelled', stdout: '', stderr: '' });
      await expect.poll(() => isRunning(child)).toBe(false);
      expect(await sh('exit 0', { signal: stop.signal })).toMatchObject({ end: 'cancelled' });
    });

    it('ends there what says too much', async () => {
      const word = sleeper();
      const ran = await sh(`yes ${word}`, { maxOutputBytes: 100_000 });
      expect(ran.end).toBe('too-much-output');
      expect(ran.stdout.length).toBeLessThanOrEqual(100_000);
      expect(isRunning(word)).toBe(false);
    });

    it('leaves nothing behind that a program started beside itself', async () => {
      const left = sleeper();
      expect(await sh(`${left} & exit 3`)).toMatchObject({ end: 'exited', code: 3 });
      await expect.poll(() => isRunning(left)).toBe(false);
    });

    it('runs twenty at once, the rest in their turn', async () => {
      // Each leaves a file while it runs, and counts those of the others.
      const made = await run(['mktemp', '-d', `${world.folder()}/at-once-XXXXXX`]);
      const script =
        ': > "$3/$2"; n=$(ls "$3" | wc -l); sleep 0.2; rm "$3/$2"; [ "$n" -le "$1" ] && exit $2';
      const most = String(world.facts.sessions ?? 20);
      const all = Array.from({ length: 20 }, (_, i) =>
        run(['sh', '-c', script, 'sh', most, String(i), made.stdout.trim()])
      );
      const ends = await Promise.all(all);
      expect(ends).toMatchObject(ends.map((_, code) => ({ end: 'exited', code })));
    });

    it('gives the streams of a program that runs, and kills it', async () => {
      const cat = await world.host().start(['cat'], { cwd: '/' });
      cat.stderr.resume();
      cat.stdin.end('said');
      expect(await text(cat.stdout)).toBe('said');
      expect(await cat.ended).toEqual({ end: 'exited', code: 0, stdout: '', stderr: '' });

      const word = sleeper();
      const long = await world.host().start(['sh', '-c', `echo begun; ${word}`], {});
      long.stderr.resume();
      const said = buffer(long.stdout);
      await expect.poll(() => isRunning(word)).toBe(true);
      await long.kill();
      expect(await long.ended).toMatchObject({ end: 'signal', signal: 'SIGTERM' });
      expect([(await said).toString(), isRunning(word)]).toEqual(['begun\n', false]);
    });

    it('keeps what a program said until it is read, also after its end', async () => {
      const echo = await world.host().start(['sh', '-c', 'echo said; echo too >&2'], {});
      await new Promise(resolve => setTimeout(resolve, 300));
      expect([await text(echo.stdout), await text(echo.stderr)]).toEqual(['said\n', 'too\n']);
      expect((await echo.ended).end).toBe('exited');
    });

    it('tells every one of many short programs apart', async () => {
      const codes = Array.from({ length: 60 }, (_, i) => i);
      const ends = await Promise.all(codes.map(code => sh(`echo ${code}; exit ${code}`)));
      expect(ends).toEqual(
        codes.map(code => ({ end: 'exited', code, stdout: `${code}\n`, stderr: '' }))
      );
    });

    it('says of a program that is not there that it was not started', async () => {
      const none = await world.host().start(['no-such-program-anywhere'], {});
      none.stdout.resume();
      none.stderr.resume();
      expect((await none.ended).end).toBe('not-started');
      const nothing = world.host().start([], {});
      await expect(nothing).rejects.toMatchObject({ code: 'bad-request' });
    });

    it('tells how long a question takes', async () => {
      expect(await world.host().roundTrip()).toBeGreaterThan(0);
    });
  });

  describe('the end', () => {
    it('ends all that runs when closed, and answers nothing any more', async () => {
      const host = await world.facts.open();
      const [first, second] = [sleeper(), sleeper()];
      const ran = host.run(['sh', '-c', first], options());
      const started = await host.start(['sh', '-c', second], {});
      started.stdout.resume();
      started.stderr.resume();
      await expect.poll(() => [first, second].every(isRunning)).toBe(true);
      let lost: string | null = null;
      void host.lost.then(reason => (lost = reason));
      await host.close();
      expect(await ran).toEqual({ end: 'cancelled', stdout: '', stderr: '' });
      expect((await started.ended).end).toBe('signal');
      expect([first, second].map(isRunning)).toEqual([false, false]);
      const gone = { code: 'connection-lost' };
      await expect(host.run(['true'], options())).rejects.toMatchObject(gone);
      await expect(host.start(['true'], {})).rejects.toMatchObject(gone);
      const target = { host: '127.0.0.1', port: 1 };
      await expect(host.connect(target)).rejects.toMatchObject(gone);
      expect(lost).toBeNull();
    });
  });
}
