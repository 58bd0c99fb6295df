import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDatasets, parseFiles } from '../das-answer';

const A = '/store/mc/E/P/T/v1/10000/a.root';
const B = '/store/mc/E/P/T/v1/10000/B.root';

it('reads numbers as the client writes them', () => {
  const answer = parseFiles(
    `${A}   162072  \n\n${B}   2.063019163e+09  \n/store/c   null  \n/store/d\n`
  );
  expect(answer).toEqual({
    is: 'good',
    value: new Map([
      [A, 162072],
      [B, 2063019163],
      ['/store/c', null],
      ['/store/d', null]
    ])
  });
});

it.each([
  ['an error line after data', `${A}   5  \nERROR: das exit with code: 2 , error: x\n`, 'ERROR:'],
  ['a web page', `<html><head><title>502 Bad Gateway</title></head></html>`, '502 Bad Gateway'],
  ['a log line before data (AUD-3)', `2026/03/01 12:00:00 loading\n${A}   5  \n`, 'loading'],
  ['a lone number', `162072\n`, '162072'],
  ['a broken number', `${A}   2.5  \n`, '2.5'],
  ['a negative number', `${A}   -1  \n`, '-1'],
  ['an endless number', `${A}   1e400  \n`, '1e400'],
  ['three columns', `${A}   5   VALID  \n`, 'VALID'],
  ['two numbers for one file', `${A}   5  \n${A}   6  \n`, 'twice']
])('does not believe %s', (_name, stdout, word) => {
  expect(parseFiles(stdout)).toEqual({ is: 'bad', why: expect.stringContaining(word) as unknown });
});

it('gives back every list it is given', () => {
  const name = fc.stringMatching(/^\/store\/[\w./-]{1,30}$/);
  const number = fc.option(fc.maxSafeNat());
  fc.assert(
    fc.property(fc.dictionary(name, number), files => {
      const lines = Object.entries(files).map(([file, n]) => `${file}   ${String(n)}  \n`);
      expect(parseFiles(lines.join(''))).toEqual({
        is: 'good',
        value: new Map(Object.entries(files))
      });
    })
  );
});

it('never throws and never believes what is no list', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const answer = parseFiles(text);
      expect(answer.is === 'good' && answer.value.size > 0).toBe(
        answer.is === 'good' && text.includes('/store/')
      );
    })
  );
});

it('reads the datasets of a file', () => {
  expect(parseDatasets('/P/E-v1/T   VALID  \n/P/E-v2/T\n')).toEqual({
    is: 'good',
    value: [
      { name: '/P/E-v1/T', status: 'VALID' },
      { name: '/P/E-v2/T', status: null }
    ]
  });
  expect(parseDatasets('VALID\n').is).toBe('bad');
  expect(parseDatasets('ERROR: x\n').is).toBe('bad');
});
