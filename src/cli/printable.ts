// Those that a terminal would obey: control characters, line breaks, and what turns text around.
// eslint-disable-next-line no-control-regex -- exactly those
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from files, hosts and logs as it may be shown in a terminal: control characters are data. */
export function printable(text: string): string {
  return text.replace(OBEYED, character =>
    JSON.stringify(character).length > 3
      ? JSON.stringify(character).slice(1, -1)
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** The same for text of several lines, whose line ends stay. */
export function printableLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map(line => printable(line))
    .join('\n');
}
