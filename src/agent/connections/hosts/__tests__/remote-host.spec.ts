import { expect, it } from 'vitest';
import type { OpenChannel } from '../channel';
import { RemoteHost } from '../remote-host';
import type { ISshLine } from '../remote-host';
import { loginShell } from './login-shell';
import { options } from './suite';

/** A line to this machine, whose login shell runs `before` each command; the test may end it. */
function lineTo(before: string | (() => string)) {
  const open: OpenChannel = line =>
    loginShell(['sh'], typeof before === 'string' ? before : before())(line);
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>(resolve => (end = resolve));
  const line: ISshLine = {
    client: 'openssh',
    title: 'user@here',
    openChannel: open,
    connect: () => Promise.reject(new Error('no stream is wanted here')),
    ended,
    giveUp: reason => end(reason),
    close: () => {
      end('was closed');
      return Promise.resolve();
    }
  };
  return { line, host: new RemoteHost(line), end };
}

const { signal } = new AbortController();

it('begins where commands run, and says what the host said where they do not', async () => {
  await lineTo('').host.begin(signal, 10_000);
  const { host, line } = lineTo('echo "This account is closed." >&2; exit 1; ');
  await expect(host.begin(signal, 10_000)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('This account is closed.') as unknown
  });
  expect(await line.ended).toBe('was closed');
});

it('is cancelled where it takes its time to begin', async () => {
  const stop = new AbortController();
  const beginning = lineTo('sleep 2; ').host.begin(stop.signal, 10_000);
  stop.abort();
  await expect(beginning).rejects.toMatchObject({ code: 'cancelled' });
});

it('is lost when its line ends, and not when it was closed', async () => {
  const { host, end } = lineTo('');
  end('the line broke');
  expect(await host.lost).toBe('the line broke');

  const other = lineTo('');
  await other.host.close();
  const never = await Promise.race([other.host.lost, Promise.resolve('not lost')]);
  expect(never).toBe('not lost');
  const gone = { code: 'connection-lost' };
  await expect(other.host.run(['true'], options())).rejects.toMatchObject(gone);
  await expect(other.host.connect({ socketPath: '/x' })).rejects.toMatchObject(gone);
});

it('is given up when it starts no command any more, not when one alone is out of sight', async () => {
  let isBroken = false;
  const { host } = lineTo(() => (isBroken ? 'exit 1; ' : ''));
  const killed = await host.run(['sh', '-c', 'kill -9 $PPID'], options());
  expect(killed.end).toBe('unknown');
  expect((await host.run(['true'], options())).end).toBe('exited');
  isBroken = true;
  expect((await host.run(['true'], options())).end).toBe('unknown');
  expect(await host.lost).toContain('the host starts no command any more: the session ended');
});

it('is not given up where it only has no place for one more command', async () => {
  const { host } = lineTo('');
  await host.begin(signal, 2500);
  const stop = new AbortController();
  const sleep = () =>
    host.run(['sleep', '60'], options({ signal: stop.signal, timeoutMs: 60_000 }));
  const busy = Array.from({ length: 7 }, sleep);
  const killed = host.run(['sh', '-c', 'kill -9 $PPID'], options());
  busy.push(...Array.from({ length: 9 }, sleep)); // one of these takes its place
  expect((await killed).end).toBe('unknown');
  const late = await host.run(['true'], options({ timeoutMs: 3000 }));
  expect(late.end).toBe('timed-out');
  expect(await Promise.race([host.lost, Promise.resolve('not lost')])).toBe('not lost');
  stop.abort();
  expect((await Promise.all(busy)).map(({ end }) => end)).toEqual(Array(16).fill('cancelled'));
});
