import { quote } from '../../connections/hosts/quote';

/** A word for bash: between quotes unless it is plain to any reader. */
export function word(text: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(text) ? text : quote(text);
}

/** Text for a comment: on one line, whatever is in it. */
export function comment(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
