import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { LocalHost } from '../local';
import { hostSuite, options } from './suite';

const open = () => new LocalHost({ env: process.env, home: homedir() });

hostSuite('this machine', {
  open: () => Promise.resolve(open()),
  denied: process.getuid?.() === 0 ? null : '/root/x',
  sessions: null
});

it('gives programs the environment that it was handed, and no other', async () => {
  const host = new LocalHost({ env: { PATH: process.env['PATH'], A: 'a' }, home: '/' });
  const ran = await host.run(['env'], options({ env: { B: 'b' } }));
  expect(ran.stdout.split('\n').sort().join(' ')).toMatch(/^ A=a B=b PATH=\S+$/);
});

it('says that a command is too long', async () => {
  const ran = await open().run(['true', 'x'.repeat(3_000_000)], options());
  expect(ran.end).toBe('not-started');
});
