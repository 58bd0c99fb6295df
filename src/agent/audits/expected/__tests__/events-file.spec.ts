import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventsFileSource } from '../events-file';

const LFN = '/store/mc/E/P/T/v1/10000/a.root';

it('gives the number of the URL, else that of the same LFN, else none', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'events-')), 'events.json');
  await writeFile(
    path,
    JSON.stringify({
      GJet: { [`root://a/${LFN}`]: 5, '/x.root': 0, '/n.root': null },
      twice: { [`root://a/${LFN}`]: 5, [`root://b/${LFN}`]: 6 }
    })
  );
  const source = await EventsFileSource.read(path);
  const ask = async (dataset: string, ...urls: string[]) => await source.events(dataset, urls);
  const urls = [`root://a/${LFN}`, `/eos/cms${LFN}`, '/x.root', '/n.root', '/y.root'];
  expect(await ask('GJet', ...urls)).toMatchObject({ events: [5, 5, 0, null, null] });
  expect(await ask('twice', `root://b/${LFN}`, `root://c/${LFN}`)).toMatchObject({
    events: [6, null]
  });
  expect(await ask('other', '/x.root')).toMatchObject({ state: 'known', events: [null] });
});

it.each([
  ['{"GJet": {"/x.root": 1.5}}', ['GJet', '/x.root', '1.5']],
  ['{"GJet": {"/x.root": -1}}', ['GJet', '/x.root', '-1']],
  ['{"GJet": {"/x.root": "12"}}', ['GJet', '/x.root', '"12"']],
  ['{"GJet": {"/x.root": 1e30}}', ['GJet', '/x.root', '1e+30']],
  ['{"GJet": ["/x.root"]}', ['GJet', '/x.root']],
  ['{"GJet": null}', ['GJet', 'null']],
  ['[]', ['e.json', '[]']]
])('refuses %s', (text, words) => {
  for (const word of words) {
    expect(() => EventsFileSource.parse(JSON.parse(text), 'e.json')).toThrow(word);
  }
});

it('names a file that is not there', async () => {
  const read = EventsFileSource.read('/no/such.json');
  await expect(read).rejects.toMatchObject({ code: 'not-found' });
});

it('takes any name for a name, __proto__ too', async () => {
  const source = EventsFileSource.parse(
    JSON.parse('{"__proto__": {"__proto__": 3, "toString": 4}}'),
    'e.json'
  );
  expect(await source.events('__proto__', ['__proto__', 'toString', 'valueOf'])).toMatchObject({
    events: [3, 4, null]
  });
  expect(await source.events('constructor', ['name'])).toMatchObject({ events: [null] });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.string(), fc.maxSafeNat())), async pairs => {
      const last = new Map(pairs);
      const members = [...last].map(([k, n]) => `${JSON.stringify(k)}: ${n}`).join();
      const all = EventsFileSource.parse(JSON.parse(`{"d": {${members}}}`), 'e.json');
      expect(await all.events('d', [...last.keys()])).toMatchObject({ events: [...last.values()] });
    })
  );
});
