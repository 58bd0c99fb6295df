/** What a real host says before a plan is made. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeWith } from '../../../__tests__/test-bed';
import { LocalHost } from '../../../connections/hosts/local';
import { askHost, askPlace } from '../ask-host';
import { newFolder } from './planned';

const HERE = { PATH: '/usr/bin:/bin', HOME: '/home/me' };

function host(env: Record<string, string> = {}): LocalHost {
  return new LocalHost({ env: { ...HERE, ...env }, home: '/' });
}

it('knows home and certificates; without Slurm its limits are not known', async () => {
  expect(await askHost(host({ X509_CERT_DIR: '/etc/my certs' }), 'htcondor')).toEqual({
    home: '/home/me',
    certDir: '/etc/my certs',
    slurm: null
  });
  expect(await askHost(host(), 'slurm')).toEqual({ home: '/home/me', certDir: null, slurm: null });
});

it('refuses a host without a home folder', async () => {
  await expect(askHost(host({ HOME: '' }), 'local')).rejects.toMatchObject({ code: 'refused' });
});

it('tells what is taken, what is missing and how much room there is', async () => {
  const base = await newFolder("it's $(here)");
  await mkdir(join(base, 'taken one'));
  await writeFile(join(base, 'a.root'), '');
  const files = [join(base, 'a.root'), join(base, 'b c.root'), '/not/there.root'];
  const told = await askPlace(host(), base, files);
  expect(told).toMatchObject({ missing: files.slice(1) });
  expect(told.taken.slice().sort()).toEqual(['a.root', 'taken one']);
  expect(told.freeBytes).toBeGreaterThan(0);
});

it('tells the room of the folder where a new one would be made', async () => {
  const base = await newFolder();
  const told = await askPlace(host(), join(base, 'not/yet'), []);
  expect(told).toMatchObject({ taken: [], missing: [] });
  expect(told.freeBytes).toBeGreaterThan(0);
});

it('does not take a file for there because nobody could look', async () => {
  const told = await askPlace(host({ PATH: '/nowhere' }), '/x', ['/not/there.root']);
  expect(told.freeBytes).toBeNull();
  const closed = host();
  await closed.close();
  await expect(askPlace(closed, '/x', ['/a.root'])).rejects.toMatchObject({
    code: 'connection-lost'
  });
});

const SLURM = {
  name: 'slurm',
  told: z.object({ variants: z.record(z.string(), z.object({ bin: z.string() })) })
};

describeWith(SLURM, 'a host with Slurm', ({ variants }) => {
  describe.each(Object.entries(variants))('%s', (_version, { bin }) => {
    it('tells how large an array may be, and its partitions', async () => {
      const { slurm } = await askHost(host({ PATH: `${bin}:/usr/bin:/bin` }), 'slurm');
      expect(slurm).toEqual({ maxArraySize: 1001, partitions: ['debug', 'short'] });
    });
  });
});
