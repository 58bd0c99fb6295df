import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJumps } from '../jump';

it.each([
  ['host', ['host', null, null]],
  ['me@host:22', ['host', 'me', 22]],
  ['a@cern.ch@host', ['host', 'a@cern.ch', null]],
  ['ssh://me%40x@host:24/', ['host', 'me@x', 24]],
  ['[fe80::1]:23', ['fe80::1', null, 23]]
])('reads %s', (text, [host, user, port]) => {
  expect(parseJumps(text)).toEqual([{ host, user, port }]);
});

it('keeps the order', () => {
  expect(parseJumps('a, b@c,d').map(({ host }) => host)).toEqual(['a', 'c', 'd']);
});

it.each([
  '',
  'a,,b',
  '-oProxyCommand=x',
  'a,-x',
  'u@',
  'host:0',
  'host:99999',
  'a b',
  '-u@h',
  'x:y'
])('refuses %j', text => {
  expect(() => parseJumps(text)).toThrow('is no host');
});

it('gives hosts or refuses, whatever it is told', () => {
  const property = fc.property(fc.string({ unit: 'binary' }), text => {
    try {
      expect(parseJumps(text).every(({ host }) => host !== '' && !host.startsWith('-'))).toBe(true);
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'bad-request' });
    }
  });
  fc.assert(property);
});
