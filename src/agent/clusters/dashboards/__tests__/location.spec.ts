/** Where redirects of a dashboard may lead. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { relativeLocation } from '../location';

const at = { name: 'localhost:8787', prefix: '', path: 'info/main/x.html' };

it.each([
  ['/status', './../../status'],
  ['status', './../../info/main/status'],
  ['../logs/y.html?a=1', './../../info/logs/y.html?a=1'],
  ['http://localhost:8787/a:b', './../../a:b'],
  ['//localhost:8787/', './../../'],
  ['?q', './../../info/main/x.html?q']
])('%s stays within', (location, said) => {
  expect(relativeLocation(location, at)).toBe(said);
});

it.each([
  'http://evil.example/',
  '//evil.example/status',
  'https://localhost:8787/',
  'http://localhost:8788/',
  'http://user@localhost.evil.example:8787/',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://[',
  '\\\\evil.example\\x'
])('%s leads out', location => {
  expect(relativeLocation(location, at)).toBeNull();
});

it('keeps to the prefix that a dashboard has', () => {
  const under = { ...at, prefix: '/dask', path: 'status' };
  expect(relativeLocation('/dask/workers', under)).toBe('./workers');
  expect(relativeLocation('/workers', under)).toBeNull();
  expect(relativeLocation('/dasky/workers', under)).toBeNull();
});

it('leads nowhere else, whatever the location and wherever the frame is', () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    '..',
    '/',
    '//',
    ':',
    '\\',
    '@',
    'http:',
    'evil',
    '?',
    '%2e'
  );
  const text = fc.array(piece, { maxLength: 8 }).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom('', 'a', 'a/b', 'a/'), (location, path) => {
      const said = relativeLocation(location, { ...at, path });
      if (said !== null) {
        const frame = `https://hub.site/user/x/hepbatch/dash/id/secret/${path}`;
        expect(new URL(said, frame).href).toMatch(
          /^https:\/\/hub\.site\/user\/x\/hepbatch\/dash\/id\/secret\//
        );
      }
    })
  );
});
