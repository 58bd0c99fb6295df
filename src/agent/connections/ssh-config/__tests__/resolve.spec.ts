import { userInfo } from 'node:os';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HepbatchError } from '../../../../contract';
import { describeWithProgram } from '../../__tests__/programs';
import { resolveSsh } from '../resolve';
import { files, worldOf } from './world';

const { signal } = new AbortController();
const to = (destination: string, more: object = {}) => ({
  destination,
  user: null,
  port: null,
  jump: null,
  ...more
});
const CONFIG = `
Host tier3
  HostName login.t3.example.org
  User analyst
  Port 2222
  IdentityFile ~/.ssh/%r_key
  IdentityFile "/keys of mine/%n"
  IdentitiesOnly yes
  IdentityAgent none
  HostKeyAlias T3
  UserKnownHostsFile /kh/one "/kh/two words"
  PreferredAuthentications keyboard-interactive,publickey
  ProxyJump first,second@10.0.0.2:23
Host first
  HostName gate.%h.org
  ProxyJump outer
Host second
  ProxyJump nobody
Host circle
  ProxyJump back
Host back
  ProxyJump circle
Host *
  StrictHostKeyChecking yes
  ConnectTimeout 7
`;
const { config } = files({ config: CONFIG });

for (const hasOpenSsh of [true, false]) {
  const tests = () => {
    const world = worldOf(config, hasOpenSsh);

    it('finds what the configuration says of an alias', async () => {
      const { target, hasOpenSsh: has } = await resolveSsh(to('tier3'), world, signal);
      expect(has).toBe(hasOpenSsh);
      expect(target).toMatchObject({
        destination: 'tier3',
        hostname: 'login.t3.example.org',
        port: 2222,
        user: 'analyst',
        identityFiles: [`${userInfo().homedir}/.ssh/analyst_key`, '/keys of mine/tier3'],
        identitiesOnly: true,
        agent: null,
        methods: ['keyboard-interactive', 'publickey'],
        connectTimeoutMs: 7000,
        hostKeys: {
          name: 't3',
          portless: null,
          userFiles: ['/kh/one', '/kh/two words'],
          unknown: 'refuse'
        }
      });
    });

    it('passes the jump hosts in their order, the first as its own configuration has it', async () => {
      const { jumps } = await resolveSsh(to('tier3'), world, signal);
      expect(jumps.map(({ hostname, user, port }) => [hostname, user, port])).toEqual([
        ['outer', userInfo().username, 22],
        ['gate.first.org', userInfo().username, 22],
        ['10.0.0.2', 'second', 23]
      ]);
    });

    it('takes what the profile says before what the file says', async () => {
      const more = { user: 'other', port: 24, jump: 'x@hop' };
      const { jumps, target } = await resolveSsh(to('tier3', more), world, signal);
      expect(target).toMatchObject({ user: 'other', port: 24 });
      expect(jumps.map(({ hostname, user }) => `${user}@${hostname}`)).toEqual(['x@hop']);
      const none = await resolveSsh(to('tier3', { jump: 'none' }), world, signal);
      expect(none.jumps).toEqual([]);
    });

    it('says that jump hosts lead in a circle', async () => {
      const lost = resolveSsh(to('circle'), world, signal);
      await expect(lost).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringContaining('circle') as unknown
      });
    });

    it('asks the agent that is named, and the usual one where none is', async () => {
      const { config } = files({
        config: 'Host own\n IdentityAgent "~/an agent"\nHost var\n IdentityAgent $MINE'
      });
      const world = worldOf(config, hasOpenSsh, { SSH_AUTH_SOCK: '/usual', MINE: '/mine' });
      const agents = ['own', 'var', 'other'].map(async name => {
        const { target } = await resolveSsh(to(name), world, signal);
        return target.agent?.replace(/^.*(?=\/an agent)/, '');
      });
      expect(await Promise.all(agents)).toEqual(['/an agent', '/mine', '/usual']);
    });
  };
  if (hasOpenSsh) {
    describeWithProgram('ssh', 'with ssh -G', tests);
  } else {
    describeWithProgram('sh', 'with the package, where there is no ssh', tests);
  }
}

describeWithProgram('ssh', 'ssh -G', () => {
  it('gives the words of ssh where it does not accept the configuration', async () => {
    const { config } = files({ config: 'Host a\n  Bogus yes\n' });
    await expect(resolveSsh(to('a'), worldOf(config), signal)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/line 2: Bad configuration option: bogus/) as unknown
    });
  });

  it('never takes a destination for an option or a command', async () => {
    for (const name of ['$(touch x)', '-oProxyCommand=touch x', 'a;b']) {
      await expect(resolveSsh(to(name), worldOf(config), signal)).rejects.toMatchObject({
        code: 'bad-request'
      });
    }
  });

  it('ends with the signal', async () => {
    const stopped = resolveSsh(to('tier3'), worldOf(config), AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('and the package read the same in configurations of all kinds', async () => {
    const property = fc.asyncProperty(anyConfig, async text => {
      const { config } = files({ config: text });
      const seen = async (hasOpenSsh: boolean) => {
        const route = await resolveSsh(to('host1'), worldOf(config, hasOpenSsh), signal).catch(
          (cause: unknown) => (cause instanceof HepbatchError ? cause.code : String(cause))
        );
        return typeof route === 'string'
          ? route // such as a circle of jump hosts
          : [...route.jumps, route.target].map(hop => ({
              ...hop,
              settings: null,
              // The last two of the usual files differ between versions of OpenSSH.
              identityFiles: hop.identityFiles.filter(file => !/id_(xmss|dsa)$/.test(file))
            }));
      };
      expect(await seen(false)).toEqual(await seen(true));
    });
    await fc.assert(property, { numRuns: 80 });
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
const path = fc.stringMatching(/^\/[a-z]{1,5}( [a-z]{1,3})?\/[a-z]{1,4}$/);
const yes = fc.constantFrom('yes', 'no');
const line = fc.oneof(
  fc.tuple(fc.constantFrom('HostName', 'User', 'HostKeyAlias', 'BindAddress'), word),
  fc.tuple(fc.constant('Port'), fc.integer({ min: 1, max: 65_535 }).map(String)),
  fc.tuple(
    fc.constantFrom('IdentityFile', 'CertificateFile'),
    path.map(p => `"${p}%%%r"`)
  ),
  fc.tuple(
    fc.constantFrom('UserKnownHostsFile', 'GlobalKnownHostsFile'),
    fc.array(path, { minLength: 1, maxLength: 2 }).map(all => all.map(p => `"${p}"`).join(' '))
  ),
  fc.tuple(
    fc.constantFrom(
      'IdentitiesOnly',
      'PubkeyAuthentication',
      'PasswordAuthentication',
      'KbdInteractiveAuthentication',
      'GSSAPIAuthentication',
      'HashKnownHosts'
    ),
    yes
  ),
  fc.tuple(fc.constant('StrictHostKeyChecking'), fc.constantFrom('yes', 'no', 'ask', 'accept-new')),
  fc.tuple(fc.constant('AddressFamily'), fc.constantFrom('any', 'inet', 'inet6')),
  fc.tuple(fc.constant('NumberOfPasswordPrompts'), fc.integer({ min: 1, max: 9 }).map(String)),
  fc.tuple(fc.constant('ProxyJump'), fc.constantFrom('none', 'j1', 'u@j1:23', 'j1,v@j2'))
);
const section = fc
  .tuple(
    fc.constantFrom('Host host1', 'Host host*', 'Host * !host1', 'Host j1 j2', 'Host *'),
    fc.array(line, { maxLength: 5 })
  )
  .map(([head, lines]) => [head, ...lines.map(([name, value]) => `  ${name} ${value}`)].join('\n'));
const anyConfig = fc
  .array(section, { minLength: 1, maxLength: 4 })
  .map(all => `${all.join('\n')}\n`);
