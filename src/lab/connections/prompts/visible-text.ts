/**
 * Words of a host with all that would not be seen made visible. Lines stay lines; every other
 * control character, and what turns the direction or hides in zero width, is shown by a picture
 * or its number, so that nothing on the screen can pretend to be something else.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, visible);
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') {
    return character;
  }
  if (code < 0x20) {
    return String.fromCodePoint(0x2400 + code); // ␀ to ␟
  }
  if (code === 0x7f) {
    return '\u2421';
  }
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
