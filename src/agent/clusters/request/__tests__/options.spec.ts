import { expect, it } from 'vitest';
import { ConnectionProfile } from '../../../../contract';
import { completeOptions, daskBackend, expandHome, needWithin } from '../options';

const profile = (more: object = {}) =>
  ConnectionProfile.parse({
    id: 'site',
    title: 'Our site',
    backend: 'dask-htcondor',
    host: { kind: 'local' },
    ...more
  });

it('fills in the defaults of the connection, and what was asked for wins', () => {
  const site = profile({ defaults: { memory: '3GB', cores: 2, python: '/opt/python' } });
  expect(completeOptions({ cores: 4 }, site)).toEqual({ memory: '3GB', cores: 4 });
});

it('drops the default for the other one of workers and adaptive', () => {
  const fixed = profile({ defaults: { workers: 3 } });
  const adaptive = { minimum: 0, maximum: 5, idleSeconds: 60 };
  expect(completeOptions({ adaptive }, fixed)).toEqual({ adaptive });
  const bounds = profile({ defaults: { adaptive: { maximum: 5 } } });
  expect(completeOptions({ workers: 2 }, bounds)).toEqual({ workers: 2 });
  expect(completeOptions({}, bounds)).toEqual({ adaptive });
});

it.each<[string, object, object, string, RegExp]>([
  ['a field of another backend', { flavour: 'workday' }, {}, 'bad-request', /flavour: dask-htc/],
  [
    'workers and adaptive',
    { workers: 1, adaptive: { minimum: 0, maximum: 2 } },
    {},
    'bad-request',
    /both given/
  ],
  ['a size that is none', { memory: '2GBB' }, {}, 'bad-request', /memory/],
  [
    'what is locked',
    { memory: '9GB' },
    { locked: ['memory'], defaults: { memory: '3GB' } },
    'denied',
    /Our site has it fixed as "3GB"/
  ],
  [
    'what is locked as absent',
    { disk: '9GB' },
    { locked: ['disk'] },
    'denied',
    /fixed as left out/
  ],
  [
    'workers where bounds are locked',
    { workers: 9 },
    { locked: ['adaptive'], defaults: { adaptive: { maximum: 2 } } },
    'denied',
    /options\.workers/
  ],
  [
    'more workers than allowed',
    { workers: 9 },
    { limits: { workers: 8 } },
    'denied',
    /^9 workers are more than the 8/
  ],
  [
    'more by its bounds',
    { adaptive: { minimum: 0, maximum: 9 } },
    { limits: { workers: 8 } },
    'denied',
    /^9 workers/
  ]
])('refuses %s', (_, asked, site, code, message) => {
  const refused = () => completeOptions(asked, profile(site));
  expect(refused).toThrow(message);
  expect(refused).toThrow(expect.objectContaining({ code }) as Error);
});

it('lets the locked value itself pass, since a form sends it along', () => {
  const site = profile({ locked: ['memory'], defaults: { memory: '3GB' } });
  expect(completeOptions({ memory: '3GB' }, site)).toEqual({ memory: '3GB' });
});

it('counts as many workers as are allowed, and all where no limit is', () => {
  expect(() => needWithin({ workers: 8 }, 8)).not.toThrow();
  expect(() => needWithin({}, 10_000)).not.toThrow();
});

it('has clusters on Dask alone', () => {
  expect(daskBackend(profile())).toBe('dask-htcondor');
  expect(() => daskBackend(profile({ backend: 'vanilla-slurm' }))).toThrow(/Our site runs plain/);
});

it('leads ~ to the home folder of that host, and nothing else', () => {
  expect(expandHome({ logFolder: '~/logs', workFolder: '/a/~b', memory: '1GB' }, '/afs/u')).toEqual(
    { logFolder: '/afs/u/logs', workFolder: '/a/~b', memory: '1GB' }
  );
  expect(expandHome({ logFolder: '~other/logs' }, '/afs/u')).toEqual({ logFolder: '~other/logs' });
});
