/** How failures travel, and that each has its section in docs/errors.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { Failure, FAILURE_CODES, HepbatchError, STATUS, toFailure } from '..';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

describe('a HepbatchError', () => {
  it('travels as code, message and data, and comes back the same', () => {
    const codes = fc.constantFrom(...FAILURE_CODES);
    fc.assert(
      fc.property(codes, fc.string(), fc.string(), fc.string(), (code, message, next, path) => {
        const error = new HepbatchError(code, message, { next, path });
        const travelled: unknown = JSON.parse(JSON.stringify(toFailure(error)));
        expect(Failure.parse(travelled)).toEqual({ code, message, data: { next, path } });
      })
    );
  });

  it('is an Error with a name, and keeps what was thrown beneath', () => {
    const cause = new Error('ENOENT');
    const error = new HepbatchError('not-found', 'x.json', { next: 'Look.' }, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('HepbatchError');
    expect(error.message).toBe('x.json');
    expect(error.cause).toBe(cause);
    expect(error.toFailure()).not.toHaveProperty('cause');
  });
});

describe('anything else that is thrown', () => {
  it.each([
    ['an Error', new TypeError('x is not a function'), 'x is not a function'],
    ['a string', 'out of memory', 'out of memory'],
    ['nothing', undefined, 'undefined'],
    ['an object that only looks like ours', { code: 'denied', message: 'm' }, '[object Object]']
  ])('%s is our bug: internal, with a next step', (_what, thrown, message) => {
    const failure = toFailure(thrown);
    expect(failure).toMatchObject({ code: 'internal', message });
    expect(failure.data.next).toContain('report');
    expect(Failure.safeParse(failure).success).toBe(true);
  });
});

describe('the list of codes', () => {
  it('is closed', () => {
    const failure = { code: 'denied', message: '', data: { next: '' } };
    expect(Failure.safeParse(failure).success).toBe(true);
    expect(Failure.safeParse({ ...failure, code: 'oops' }).success).toBe(false);
    expect(Failure.safeParse({ ...failure, data: {} }).success).toBe(false);
  });

  it('has the HTTP status of an error for each', () => {
    for (const code of FAILURE_CODES) {
      expect(STATUS[code], code).toBeGreaterThanOrEqual(400);
      expect(STATUS[code], code).toBeLessThan(600);
    }
  });

  it('is that of docs/errors.md, one section each, in the same order, with its status', () => {
    const sections = page.split(/^## /m).slice(1);
    const described = sections.map(section => /^`([a-z-]+)`\n/.exec(section)?.[1]);
    expect(described).toEqual(FAILURE_CODES);
    for (const [i, code] of FAILURE_CODES.entries()) {
      expect(sections[i], code).toContain(`HTTP status ${STATUS[code]}.`);
      expect(sections[i], code).toContain('What to do:');
    }
  });
});
