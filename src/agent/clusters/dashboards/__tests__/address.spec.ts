/** What may be pasted, and what it is taken for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HepbatchError } from '../../../../contract';
import { parseAddress } from '../address';

const codeOf = (text: string) => {
  try {
    parseAddress(text);
    return null;
  } catch (error) {
    return error instanceof HepbatchError ? error.code : error;
  }
};

describe('an address', () => {
  it.each([
    ['127.0.0.1:8787', '127.0.0.1', 8787, ''],
    [' lxplus901.cern.ch:8787 ', 'lxplus901.cern.ch', 8787, ''],
    ['localhost:1', 'localhost', 1, ''],
    ['node:8787/status', 'node', 8787, ''],
    ['[::1]:8787', '::1', 8787, ''],
    ['http://10.0.0.7:8787/status', '10.0.0.7', 8787, ''],
    ['http://10.0.0.7:8787/status?theme=dark#x', '10.0.0.7', 8787, ''],
    ['HTTP://Node_1.Site:8787', 'node_1.site', 8787, ''],
    ['http://dask.site/a-b/c.d/status', 'dask.site', 80, '/a-b/c.d'],
    ['http://dask.site/a/../b/status', 'dask.site', 80, '/b']
  ])('%s is taken', (text, host, port, prefix) => {
    expect(parseAddress(text)).toEqual({ target: { host, port }, prefix });
  });

  it.each([
    '',
    '8787',
    'localhost',
    'localhost:x',
    'node:99999',
    'node:0',
    'file:///etc/passwd',
    'ftp://node:21/',
    'unix:/run/x.sock:1',
    'user:secret@node:8787',
    'http://user:secret@node:8787/',
    'http://:8787/',
    'node :8787',
    'node:8787\r\nX: y',
    'http://node:8787/%2e%2e%2fx/y',
    'http://node:8787//x/y',
    'http://node:8787/a%20b/status'
  ])('%j is refused', text => {
    expect(codeOf(text)).toBe('bad-request');
  });

  it('with https is refused with the reason', () => {
    expect(codeOf('https://node:8787/status')).toBe('unsupported');
  });
});

it('nothing that is taken can be read in two ways', () => {
  const piece = fc.constantFrom(
    'a',
    'node',
    '.',
    ':',
    '/',
    '@',
    '8787',
    '%2f',
    '[',
    ']',
    '#',
    '?',
    ' '
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 9 }).map(pieces => pieces.join('')),
      text => {
        if (codeOf(text) === null) {
          const { target, prefix } = parseAddress(text);
          expect(target.host).toMatch(/^[a-z0-9_.:-]+$/);
          expect(target.port).toBeGreaterThan(0);
          expect(prefix).toMatch(/^(\/[\w~-][\w~.-]*)*$/);
        }
      }
    )
  );
});
