import { errnoOfWords } from '../../connections/hosts/file-words';

/** What `find` complained of: which paths, by their number's name; and what speaks of no path. */
export interface IComplaints {
  /** Absolute, without a slash at the end. */
  readonly paths: ReadonlyMap<string, string>;
  readonly other: readonly string[];
}

const COMPLAINT = /^find: '((?:[^'\\]|\\.)+)': (.+)$/;

/** Reads what GNU find says on stderr in the locale C, where names stand in quotes with escapes. */
export function parseComplaints(stderr: string): IComplaints {
  const paths = new Map<string, string>();
  const other: string[] = [];
  for (const line of stderr.split('\n').filter(text => text.trim() !== '')) {
    const [, quoted, words = ''] = COMPLAINT.exec(line) ?? [];
    const code = errnoOfWords(`: ${words}`) ?? words;
    // Of a list that was cut off nobody knows what is not in it, whatever path it names.
    if (quoted === undefined || /truncated/i.test(words)) {
      other.push(line);
    } else {
      paths.set(unescape(quoted).replace(/\/+$/, ''), code);
    }
  }
  return { paths, other };
}

const LETTERS: Readonly<Partial<Record<string, number>>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11
};

/** A name as `find` quotes it: its bytes with the escapes of C. */
function unescape(quoted: string): string {
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of quoted.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
    } else if (letter !== undefined) {
      bytes.push(LETTERS[letter] ?? letter.charCodeAt(0));
    } else {
      bytes.push(...Buffer.from(plain ?? ''));
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
