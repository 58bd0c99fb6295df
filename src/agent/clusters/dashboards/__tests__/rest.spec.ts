/** Which paths are passed on to a dashboard. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRest } from '../rest';

describe('a path', () => {
  it.each([
    ['', '', ''],
    ['status', 'status', ''],
    ['status/ws?x=1&y=?', 'status/ws', '?x=1&y=?'],
    ['info/', 'info/', ''],
    ['static/js/bokeh.min.js?v=a/../b', 'static/js/bokeh.min.js', '?v=a/../b'],
    ['info/worker/tcp%3A%2F%2F10.0.0.7%3A1.html', 'info/worker/tcp%3A%2F%2F10.0.0.7%3A1.html', ''],
    ["info/task/('f-50%25'%2C%200).html", "info/task/('f-50%25'%2C%200).html", ''],
    ['info/task/...html', 'info/task/...html', '']
  ])('%s is passed on', (sent, path, query) => {
    expect(parseRest(sent)).toEqual({ path, query });
  });

  it.each([
    '..',
    '../x',
    'a/../b',
    'a/./b',
    'a/%2e%2e/b',
    'a/.%2E/b',
    'a/%252e%252e/b',
    '..%2f',
    'a%2f..%2fb',
    'a%5c..%5cb',
    'proxy%2f8787%2fother%2fstatus',
    '%2e',
    '/x',
    'a//b',
    'a\\b',
    'a#b',
    'a b',
    'a\u00e9',
    'a\r\nX: y',
    'a/%ff',
    'proxy/8787/other/status',
    'PROXY/8787/other/status',
    '%70roxy/8787/other/status',
    '%2570roxy/8787/other/status',
    'api/v1/retire_workers',
    'jupyter/api/kernels'
  ])('%j is not', sent => {
    expect(parseRest(sent)).toBeNull();
  });
});

it('what is passed on stays where it is, however often it is decoded', () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    '..',
    '/',
    '%2e',
    '%2f',
    '%252e',
    '%25',
    '%',
    '?',
    'proxy'
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }).map(pieces => pieces.join('')),
      sent => {
        const rest = parseRest(sent);
        if (rest !== null) {
          const url = new URL(`http://node/deep/er/${rest.path}`);
          expect(url.pathname.startsWith('/deep/er/')).toBe(true);
          expect(url.pathname).not.toMatch(/^\/deep\/er\/proxy\//i);
        }
      }
    )
  );
});
