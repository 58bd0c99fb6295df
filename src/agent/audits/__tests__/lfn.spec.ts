import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dasDatasetOf, isRemote, lfnOf, localPath, stemOf } from '../lfn';

const FILE = '/store/mc/Run3Summer22/GJet/NANOAODSIM/126X-v2/2550000/0cba.root';

it.each([
  [`root://cms-xrd-global.cern.ch/${FILE}`, FILE],
  [`root://cms-xrd-global.cern.ch//${FILE}`, FILE],
  [`root://user@host:1094/${FILE}?svcClass=default&x=/store/user/y`, FILE],
  [`roots://host//eos/cms${FILE}`, FILE],
  [`/eos/cms${FILE}`, FILE],
  [`file:///eos/cms${FILE}`, FILE],
  [`davs://host:443/cms${FILE}`, FILE],
  ['root://host//store/user/me/store/mc/x.root', '/store/user/me/store/mc/x.root'],
  ['root://host//store/user/bookstore/x.root', '/store/user/bookstore/x.root'],
  ['/data/store/archive/store/group/a//b.root', '/store/group/a/b.root'],
  ['./tests/samples/skimmed_nano/EGamma_2022E_v13.root', null],
  ['/home/me/store/x.root', null],
  ['/home/me/store/mc', null],
  ['/home/me/megastore/mc/x.root', null],
  ['root://store/mc/x.root', null],
  ['', null]
])('the LFN of %s (AUD-10: the store root, not the last "store")', (url, lfn) => {
  expect(lfnOf(url)).toBe(lfn);
});

const part = fc.stringMatching(/^[\w.+-]{1,12}$/).filter(text => text !== 'store');
const lfn = fc
  .tuple(fc.constantFrom('mc', 'data', 'user', 'group', 'test'), fc.array(part), part)
  .map(([area, parts, name]) => `/store/${[area, ...parts, `${name}.root`].join('/')}`);

it('finds the LFN below any host, mount and number of slashes', () => {
  const prefix = fc.oneof(
    fc.tuple(part, fc.array(part)).map(([host, path]) => `root://${host}/${path.join('/')}`),
    fc.array(part).map(path => `/${path.join('//')}`)
  );
  fc.assert(
    fc.property(prefix, lfn, fc.integer({ min: 1, max: 3 }), (before, name, slashes) => {
      const url = before + name.replaceAll('/', '/'.repeat(slashes));
      expect(lfnOf(url)).toBe(name);
    })
  );
});

it('takes every .root out of the base name and keeps its case', () => {
  expect(stemOf('root://h//store/user/me/tree.root_skim_3.root')).toBe('tree_skim_3');
  expect(stemOf('/x/817DB9CF-3017.root')).toBe('817DB9CF-3017');
  expect(stemOf('nano_mc2024_126.root')).toBe('nano_mc2024_126');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), url => {
      const stem = stemOf(url);
      // Python: os.path.basename(url).replace(".root", "")
      expect(stem).toBe((url.split('/').at(-1) ?? '').split('.root').join(''));
    })
  );
});

it('reads the DAS dataset off official LFNs only', () => {
  const data = '/store/data/Run2016G/SingleMuon/MINIAOD/UL2016_MiniAODv2-v2/120000/817DB9CF.root';
  expect(dasDatasetOf(data)).toBe('/SingleMuon/Run2016G-UL2016_MiniAODv2-v2/MINIAOD');
  const prompt = '/store/data/Run2016G/SingleMuon/MINIAOD/PromptReco-v1/000/278/819/00000/F.root';
  expect(dasDatasetOf(prompt)).toBe('/SingleMuon/Run2016G-PromptReco-v1/MINIAOD');
  for (const other of [
    '/store/user/era/primary/TIER/proc/120000/f.root',
    '/store/mc/era/primary/TIER/proc/f.root',
    '/store/mc/era/primary/TIER/120000/f.root',
    '/store/mc/era/primary/TIER/proc/12x/f.root',
    '/eos/store/mc/era/primary/TIER/proc/120000/f.root'
  ]) {
    expect(dasDatasetOf(other)).toBeNull();
  }
});

it('tells remote from local, and where a local file is', () => {
  expect(['root://h//x', 'ROOTS://h//x', '/x', 'x:root://'].map(isRemote)).toEqual([
    true,
    true,
    false,
    false
  ]);
  expect(localPath('a/b.root', '/cwd')).toBe('/cwd/a/b.root');
  expect(localPath('/a/b%20c.root', '/cwd')).toBe('/a/b%20c.root');
  expect(localPath('file:///a/b%20c.root', '/cwd')).toBe('/a/b c.root');
  expect(localPath('file:///a/100%.root', '/cwd')).toBe('/a/100%.root');
});
