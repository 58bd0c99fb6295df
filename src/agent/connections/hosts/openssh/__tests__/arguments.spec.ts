import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { describeWithProgram } from '../../../__tests__/programs';
import { parseSshSettings } from '../../../ssh-config/settings';
import { address } from '../../__tests__/ssh-bed';
import { controlArgv, forwardArgv, masterArgv, sessionArgv, streamArgv } from '../arguments';
import type { IOpenssh } from '../arguments';

const KEEPALIVE = { intervalMs: 15_000, countMax: 3 };

const ssh = (settings = '', more: object = {}): IOpenssh => ({
  address: address('lxplus', more),
  config: null,
  settings: parseSshSettings(settings),
  control: '/run/m',
  keepalive: KEEPALIVE
});

const pairs = (argv: readonly string[]) => argv.filter((_, i) => argv[i - 1] === '-o');

it('tells ssh of the address, and names the host last', () => {
  const argv = masterArgv(ssh('', { user: 'hepuser', port: 2222, jump: 'a,b:22' }), true);
  expect(argv.slice(-8)).toEqual([
    ...['-l', 'hepuser', '-p', '2222', '-J', 'a,b:22'],
    ...['--', 'lxplus']
  ]);
  expect(masterArgv({ ...ssh(), config: '/c' }, true).slice(0, 3)).toEqual(['ssh', '-F', '/c']);
});

it('asks nothing at first', () => {
  expect(pairs(masterArgv(ssh(), false))).toContain('BatchMode=yes');
  expect(pairs(masterArgv(ssh(), true))).toContain('BatchMode=no');
});

it('leaves to the configuration what it can', () => {
  const words = (settings: string) => pairs(masterArgv(ssh(settings), true)).join(' ');
  expect(words('')).toContain('ConnectTimeout=30');
  expect(words('connecttimeout 5')).not.toContain('ConnectTimeout');
  expect(words('gssapiauthentication yes')).toContain('GSSAPIDelegateCredentials=yes');
  expect(words('gssapiauthentication no')).not.toContain('GSSAPI');
  expect(words('stricthostkeychecking false')).toContain('StrictHostKeyChecking=ask');
  expect(words('stricthostkeychecking true')).not.toContain('StrictHostKeyChecking');
  expect(words('stricthostkeychecking accept-new')).not.toContain('StrictHostKeyChecking');
});

it('hands on to sessions what of the configuration concerns them', () => {
  const settings = 'sendenv LANG\nsendenv LC_*\nsetenv A=b c\nforwardagent yes';
  const words = pairs(sessionArgv(ssh(settings), 'true'));
  expect(words).toEqual(
    expect.arrayContaining(['SendEnv=LANG', 'SendEnv=LC_*', 'SetEnv=A=b c', 'ForwardAgent=yes'])
  );
  expect(pairs(sessionArgv(ssh(), 'true')).join(' ')).not.toMatch(/Env|ForwardAgent/);
});

it('never lets a session or stream log in by itself', () => {
  for (const argv of [sessionArgv(ssh(), 'true'), streamArgv(ssh(), '::1', 80)]) {
    expect(pairs(argv)).toContain('ProxyCommand=false');
    expect(argv.slice(0, 3)).toEqual(['ssh', '-F', '/dev/null']);
  }
  expect(streamArgv(ssh(), '::1', 80)).toContain('[::1]:80');
});

describeWithProgram('ssh', 'the ssh of this machine', () => {
  it('understands all that it is told', () => {
    const all = 'gssapiauthentication yes\nstricthostkeychecking no\nsetenv A=b\nforwardagent yes';
    for (const argv of [
      masterArgv(ssh(all, { user: 'u', port: 22, jump: 'j' }), true),
      sessionArgv(ssh(all), 'true'),
      streamArgv(ssh(all), 'localhost', 80)
    ]) {
      const { status, stderr } = spawnSync('ssh', ['-G', ...argv.slice(1)], { encoding: 'utf8' });
      expect([status, stderr.replace(/^(OpenSSH_|debug1: Reading ).*\r?\n/gm, '')]).toEqual([
        0,
        ''
      ]);
    }
    for (const argv of [controlArgv(ssh(), 'exit'), forwardArgv(ssh(), '/run/f', '/tmp/x')]) {
      const [, ...args] = argv;
      const { stderr } = spawnSync('ssh', args, { encoding: 'utf8' });
      expect(stderr).toContain('Control socket connect(/run/m): No such file or directory');
    }
  });
});
