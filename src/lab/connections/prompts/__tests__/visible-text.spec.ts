// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { visibleText } from '../visible-text';

it('leaves words of any language as they are, and their lines', () => {
  const text = "Password for user@CERN.CH:\nМир 世界 é ẞ 👍 <b>no markup</b> & 'quotes'";
  expect(visibleText(text)).toBe(text);
  expect(visibleText('one\r\ntwo')).toBe('one\ntwo');
});

it('shows what would not be seen', () => {
  expect(visibleText('\u001b[2J\u0007x\ty\rz\u007f')).toBe('␛[2J␇x␉y␍z␡');
  expect(visibleText('exe\u202Etxt')).toBe('exe‹U+202E›txt');
  expect(visibleText('a\u200Bb\u00ADc\u0085d\uD800e')).toBe(
    'a‹U+200B›b‹U+00AD›c‹U+0085›d‹U+D800›e'
  );
});

const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const MARKS = /‹U\+[0-9A-F]+›|[\n␀-␡]/g;

it('leaves nothing invisible, and invents and drops nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const shown = visibleText(text);
      expect(shown.replaceAll('\n', '').match(HIDDEN)).toBeNull();
      const visible = text.replace(HIDDEN, '').replace(MARKS, '');
      expect(shown.replace(MARKS, '')).toBe(visible);
    })
  );
});
