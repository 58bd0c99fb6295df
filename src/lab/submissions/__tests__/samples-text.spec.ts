import { nullTranslator } from '@jupyterlab/translation';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SAMPLES_EXAMPLE, readSamples } from '../samples-text';

const trans = nullTranslator.load('hepbatch');
const read = (text: string) => readSamples(text, trans);

it('reads datasets with their files, as JSON.parse does', () => {
  expect(read(SAMPLES_EXAMPLE)).toEqual({ json: JSON.parse(SAMPLES_EXAMPLE) as unknown });
  const odd = '{"a\\u0041\\"/": ["\\\\x", "é"], "empty": []}';
  expect(read(odd)).toEqual({ json: { 'aA"/': ['\\x', 'é'], empty: [] } });
});

it.each([
  ['', 'Line 1: a samples JSON begins with { (here is the end).'],
  ['[]', 'Line 1: a samples JSON begins with { (here is [).'],
  ['{}', 'Line 1: no dataset is named.'],
  ['{\n  GJet: []}', 'Line 2: here should be the name of a dataset in double quotes, not GJet.'],
  ['{"GJet" ["/a"]}', 'Line 1: a colon is missing after dataset GJet (here is [).'],
  ['{"GJet": "/a"}', 'Line 1: dataset GJet has no list of files in [ ] (here is "/a").'],
  [
    '{"GJet": [\n"/a",\n3]}',
    'Line 3: here should be the name of file 2 of dataset GJet in double quotes, not 3.'
  ],
  [
    '{"GJet": [\n"/a"\n"/b"]}',
    'Line 3: after file 1 of dataset GJet, a comma or ] is missing (here is "/b").'
  ],
  ['{"GJet": [""]}', 'Line 1: file 1 of dataset GJet is empty.'],
  ['{"GJet": ["/a",]}', 'Line 1: there is one comma too many in the list of dataset GJet.'],
  ['{"GJet": ["/a"],\n}', 'Line 2: there is one comma too many before }.'],
  [
    '{"GJet": []\n"Data": []}',
    'Line 2: after the files of GJet, a comma or } is missing (here is "Data").'
  ],
  ['{"GJet": ["/a],\n}', 'Line 1: a quote is not closed, or a character in it is not allowed.'],
  ['{"GJet": [], "GJet": []}', 'Line 1: the dataset GJet is named twice.'],
  ['{"": []}', 'Line 1: a dataset has no name.'],
  ['{"GJet": []}\n}', 'Line 2: } is after the end, the last }.']
])('says the line, and what is wrong there: %j', (text, fault) => {
  expect(read(text)).toEqual({ fault });
});

it('takes exactly what JSON.parse takes and the agent reads, however it is cut or changed', () => {
  const samples = fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.array(fc.string({ minLength: 1 })),
    {
      minKeys: 1
    }
  );
  fc.assert(
    fc.property(samples, fc.nat(4), (json, indent) => {
      expect(read(JSON.stringify(json, null, indent))).toEqual({ json });
    })
  );
  fc.assert(
    fc.property(
      samples,
      fc.nat(),
      fc.constantFrom('', ',', '"', ']', '}', 'x'),
      (json, at, mark) => {
        const text = JSON.stringify(json);
        const place = at % text.length;
        const changed = text.slice(0, place) + mark + text.slice(place + 1);
        const answer = read(changed);
        if ('json' in answer) {
          expect(JSON.parse(changed)).toEqual(answer.json);
        }
      }
    )
  );
});
