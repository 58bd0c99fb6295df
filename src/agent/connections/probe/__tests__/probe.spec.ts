import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HostDetails } from '../../../../contract';
import { LocalHost } from '../../hosts/local';
import { parseParts } from '../parts';
import { detailsOf, lookAgainMs, probeHost } from '../probe';

const { signal } = new AbortController();
const now = new Date('2026-11-25T12:00:00Z');

/** This machine with some programs more, in a home of its own. */
async function hostWith(programs: Record<string, string>, env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'probe-'));
  const bin = join(home, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  const host = new LocalHost({ env: { PATH, HOME: home, ...env }, home });
  const look = (interpreters: string[] = []) =>
    probeHost({ host, clientWhy: '' }, interpreters, () => now, signal);
  return { home, bin, look };
}

it('finds what is there', async () => {
  const { look, home, bin } = await hostWith({
    condor_submit: '',
    condor_version: `echo '$CondorVersion: 24.12.4 2025-11-01 BuildID: 1 $'`,
    sbatch: 'echo slurm-wlm 22.05.8',
    'voms-proxy-info':
      'echo "identity  : /DC=ch/CN=me"; echo "path      : /tmp/x"; echo "timeleft  : 191:59:50"; echo "timeleft  : 100:00:00"'
  });
  const found = await look(['no-such-python']);
  expect(found).toMatchObject({
    user: userInfo().username,
    condor: { state: 'found', version: '24.12.4', path: join(bin, 'condor_submit') },
    slurm: { state: 'found', version: '22.05.8', path: join(bin, 'sbatch') },
    home: { state: 'found', path: home },
    scratch: { state: 'found' },
    proxy: {
      state: 'found',
      path: '/tmp/x',
      identity: '/DC=ch/CN=me',
      expiresAt: '2026-11-29T16:00:00.000Z'
    }
  });
  expect(found.node).toContain(hostname());
  expect(found.pythons.get('python3')).toMatchObject({
    state: 'found',
    version: expect.stringMatching(/^3\.\d+\.\d+$/) as string
  });
  expect(found.pythons.get('no-such-python')).toMatchObject({ state: 'absent' });
  for (const backend of ['dask-slurm', 'vanilla-lxplus', 'dask-local'] as const) {
    const client = { client: 'local' as const, clientWhy: '' };
    const details = detailsOf(found, client, { backend, defaults: {} });
    expect(HostDetails.parse(details)).toEqual(details);
    const name = details.scheduler.state === 'found' ? details.scheduler.name : null;
    expect(name).toBe(
      { 'dask-slurm': 'Slurm', 'vanilla-lxplus': 'HTCondor', 'dask-local': null }[backend]
    );
  }
});

it('tells what is absent from what nobody could tell', async () => {
  const { look } = await hostWith({
    condor_submit: '',
    condor_version: 'echo "cannot read configuration" >&2; exit 1',
    klist: 'echo "klist: Bad format in credentials cache" >&2; exit 1',
    'voms-proxy-info': 'echo "Couldn\'t find a valid proxy." >&2; exit 1',
    python3: 'exit 1'
  });
  const { condor, slurm, ticket, proxy, pythons } = await look();
  expect(condor).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/configuration/) as string
  });
  expect(slurm).toEqual({ state: 'absent', reason: 'sbatch is not on PATH' });
  expect(ticket).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/Bad format/) as string
  });
  expect(proxy).toMatchObject({ state: 'absent' });
  expect(pythons.get('python3')).toMatchObject({ state: 'unknown' });
});

it('is one script for every shell that a host may have', async () => {
  const { look } = await hostWith({ sh: 'exec bash --posix "$@"' });
  expect(await look()).toMatchObject({ home: { state: 'found' } });
});

it('finds a proxy by openssl where voms-proxy-info is absent', async () => {
  const { look, home } = await hostWith({});
  const made = await hostWith({}, { X509_USER_PROXY: join(home, 'none') });
  expect((await made.look()).proxy).toMatchObject({ state: 'absent' });
  const { execFileSync } = await import('node:child_process');
  const file = join(home, 'x509up');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/DC=ch/CN=me/CN=12345',
      '-keyout',
      file,
      '-out',
      file
    ],
    { stdio: 'ignore' }
  );
  const with_ = await hostWith({}, { X509_USER_PROXY: file });
  const { proxy } = await with_.look();
  expect(proxy).toMatchObject({
    state: 'found',
    path: file,
    identity: expect.stringMatching(/CN ?= ?me$/) as string
  });
  await look();
});

it('is looked at again when a ticket or a proxy ends, at the latest after ten minutes', async () => {
  const { look } = await hostWith({});
  const findings = await look();
  const found = (seconds: number) => ({
    ...findings,
    ticket: {
      state: 'found' as const,
      principal: 'p',
      cache: 'c',
      expiresAt: new Date(now.getTime() + seconds * 1000).toISOString()
    }
  });
  expect(lookAgainMs(findings, now)).toBe(600_000);
  expect(lookAgainMs(found(7200), now)).toBe(600_000);
  expect(lookAgainMs(found(60), now)).toBe(61_000);
  expect(lookAgainMs(found(-60), now)).toBe(1000);
});

it('reads what came when the rest is cut off, and never throws', () => {
  const whole = 'user:me\nnode:vm\nhome:/h\nhome:x\nhome=0\nticket:words\nticket=1\n';
  expect(parseParts(whole.slice(0, -3)).ended).toEqual(
    new Map([['home', { text: '/h\nx', status: 0 }]])
  );
  expect(parseParts(whole)).toMatchObject({ user: 'me', node: 'vm' });
  fc.assert(fc.property(fc.string(), text => parseParts(text).ended.size >= 0));
});
