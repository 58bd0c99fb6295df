/** What the name of an output file says: which input, which tree, entries `[start, stop)`. */
export interface IChunkName {
  /** With a leading underscore, if the name has one. */
  readonly id: string;
  readonly start: number;
  readonly stop: number;
  readonly suffix: 'parquet' | 'root' | 'txt';
}

const [DASH, UNDERSCORE, ZERO] = [0x2d, 0x5f, 0x30];

/**
 * Reads the name of a chunk from the right, since identifiers may hold underscores:
 * `<id>_<tree>_<start>-<stop>.<suffix>`. By hand and not by a regular expression: the audit of a
 * million names may not take longer than their listing.
 * @returns null for a name of another shape, or a range that runs backwards or past 2^53.
 * Source: HiggsDNA's dump of coffea's `uuid/tree/start-stop` keys, old and new forms.
 */
export function parseChunkName(name: string): IChunkName | null {
  const end = name.lastIndexOf('.');
  const suffix = name.slice(end + 1);
  if (suffix !== 'parquet' && suffix !== 'root' && suffix !== 'txt') {
    return null;
  }
  const dash = beforeDigits(name, end);
  const range = beforeDigits(name, dash);
  if (name.charCodeAt(dash) !== DASH || name.charCodeAt(range) !== UNDERSCORE) {
    return null;
  }
  const start = numberOf(name, range + 1, dash);
  const stop = numberOf(name, dash + 1, end);
  const tree = name.lastIndexOf('_', range - 1);
  if (tree < 1 || tree === range - 1 || start > stop || !Number.isSafeInteger(stop)) {
    return null;
  }
  return { id: name.slice(0, tree), start, stop, suffix };
}

/**
 * The input file a chunk belongs to, by index, or undefined. A leading underscore of the chunk's
 * identifier is dropped only where the name with it matches no input.
 */
export function inputOf(id: string, inputs: ReadonlyMap<string, number>): number | undefined {
  let rest = id;
  let index = inputs.get(rest);
  while (index === undefined && rest.startsWith('_')) {
    rest = rest.slice(1);
    index = inputs.get(rest);
  }
  return index;
}

/** Position of the character before the digits that end at `end`; `end` itself where there are none. */
function beforeDigits(name: string, end: number): number {
  let at = end - 1;
  while (at >= 0 && isDigit(name.charCodeAt(at))) {
    at -= 1;
  }
  return at === end - 1 ? end : at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function numberOf(name: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    value = value * 10 + name.charCodeAt(at) - ZERO;
  }
  return value;
}
