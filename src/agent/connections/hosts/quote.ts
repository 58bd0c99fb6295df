import { Buffer } from 'node:buffer';

/**
 * A word as a POSIX shell reads it back unchanged: between single quotes nothing has a meaning, and
 * a single quote itself stands outside of them. No shell can be handed a NUL.
 */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A script as one line that every login shell hands on to `/bin/sh` unchanged, csh and fish too:
 * they give meanings to `!`, to a line end and to backslashes even between single quotes. So all
 * but plain characters travel as octal numbers, which the `/bin/sh` at the other end reads.
 */
export function throughAnyShell(script: string): string {
  const octal = [...Buffer.from(script)].map(byte =>
    isPlain(byte) ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`
  );
  return `exec /bin/sh -c 'eval "$(printf %b "$0")"' '${octal.join('')}'`;
}

/** Printable ASCII without the quote, the backslash, and what csh looks up in its history. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && !PARTICULAR.has(byte);
}

const PARTICULAR = new Set([...Buffer.from(`'\\!`)]);
