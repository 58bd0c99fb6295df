import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableLines } from '../printable';

/** What a terminal shows as it is: no control, no line separator, nothing that turns text around. */
const HARMLESS = /^[^\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u;

it('leaves nothing that a terminal would obey, and harmless text as it is', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(fc.property(text, said => HARMLESS.test(printable(said))));
  fc.assert(
    fc.property(text, said => {
      fc.pre(HARMLESS.test(said));
      expect(printable(said)).toBe(said);
    })
  );
  expect(printable('\u001b]0;x\u0007\n\u009b\u202e')).toBe('\\u001b]0;x\\u0007\\n\\u009b\\u202e');
});

it('keeps the lines of a text, and nothing else of its controls', () => {
  expect(printableLines('Welcome\r\nto \u001b[2Jb\nPassword: ')).toBe(
    'Welcome\nto \\u001b[2Jb\nPassword: '
  );
});
