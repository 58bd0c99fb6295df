import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseProfileFile } from '../profile-file';

const lxplus = {
  id: 'lx',
  title: 'LXPLUS',
  backend: 'vanilla-lxplus',
  host: { kind: 'ssh', destination: 'lxplus.cern.ch', port: 22 },
  defaults: { flavour: 'workday' },
  limits: { jobs: 1000 }
};

function parse(value: unknown) {
  return parseProfileFile('/etc/x.json', typeof value === 'string' ? value : JSON.stringify(value));
}
const problems = (value: unknown) =>
  parse(value).problems.map(({ key, value, message }) => `${key} = ${value} ${message}`);

it('reads profiles, and fills in what need not be said', () => {
  const read = parse({ version: 1, profiles: [lxplus], hide: ['dask-local'] });
  expect(read).toMatchObject({ profiles: [lxplus], hide: ['dask-local'], problems: [] });
  expect(read.profiles[0]).toMatchObject({
    description: '',
    host: { user: null, jump: null, client: 'auto' }
  });
});

it('reads which defaults a site has locked', () => {
  const locked = { ...lxplus, backend: 'dask-lxplus', locked: ['flavour', 'tls'] };
  const read = parse({ version: 1, profiles: [locked] });
  expect(read).toMatchObject({ profiles: [{ locked: ['flavour', 'tls'] }], problems: [] });
});

it('names key and value of what is wrong, and uses the rest', () => {
  const broken = { ...lxplus, id: 'b', host: { ...lxplus.host, port: 70_000 } };
  const alien = { ...lxplus, id: 'c', backend: 'crab' };
  const wrong = { ...lxplus, id: 'd', defaults: { partition: 'short' } };
  const file = { version: 1, profiles: [broken, alien, lxplus, wrong, 7] };
  expect(parse(file).profiles.map(({ id }) => id)).toEqual(['lx']);
  expect(problems(file)).toEqual([
    expect.stringMatching(/^profiles\[0\]\.host\.port = 70000 .*65535/),
    expect.stringMatching(/^profiles\[1\]\.backend = "crab" /),
    'profiles[3].defaults.partition = "short" is no key that hepbatch knows',
    expect.stringMatching(/^profiles\[4\] = 7 /)
  ]);
});

it('tells of keys that nobody knows, which are most often misspelt, and uses the profile', () => {
  const odd = { ...lxplus, limit: 3, host: { ...lxplus.host, proxyjump: 'x' } };
  const file = { version: 1, note: 'ours', profiles: [odd] };
  expect(parse(file).profiles).toHaveLength(1);
  expect(problems(file)).toEqual([
    'note = "ours" is no key that hepbatch knows',
    'profiles[0].limit = 3 is no key that hepbatch knows',
    'profiles[0].host.proxyjump = "x" is no key that hepbatch knows'
  ]);
});

it('tells of an id that stands twice, of a file that is no JSON, and of another version', () => {
  expect(problems({ version: 1, profiles: [lxplus, { ...lxplus, title: 'x' }] })).toEqual([
    'profiles[1].id = lx stands twice in this file; the first one is used'
  ]);
  expect(problems('{"version": 1,')).toEqual([expect.stringMatching(/^ = {2}is not JSON: /)]);
  expect(problems({ version: 2 })).toEqual([expect.stringMatching(/^version = 2 /)]);
  expect(problems([])).toHaveLength(1);
});

it('shortens long values', () => {
  const file = { version: 1, profiles: [{ ...lxplus, title: 'x'.repeat(1000) }] };
  expect(parse(file).problems[0]?.value).toHaveLength(80);
});

it('never throws, and never leaves out a profile without a word', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), profiles => {
      const read = parse({ version: 1, profiles });
      return read.profiles.length === profiles.length || read.problems.length > 0;
    })
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      parseProfileFile('x', text);
    })
  );
});
