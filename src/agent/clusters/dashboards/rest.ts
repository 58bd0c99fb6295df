/** What is asked of a dashboard, once it has been looked at. */
export interface IRest {
  /** As it was sent, without its first slash and without a query. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
}

/**
 * Paths that a scheduler may serve and that are not its dashboard: other hosts through it, orders
 * to it, and a Jupyter without a password.
 */
const NOT_SHOWN = ['proxy', 'api', 'jupyter'];

/**
 * Takes apart what follows the ticket. Null for what could be read in two ways, and for what is no
 * part of a dashboard.
 */
export function parseRest(sent: string): IRest | null {
  const [, path = '', query = ''] = /^([^?]*)(\?.*)?$/s.exec(sent) ?? [];
  if (!/^[\x21-\x7e]*$/.test(sent) || /[\\#]/.test(sent)) {
    return null;
  }
  const words = path.split('/').map(decode);
  const isDoubtful = words.some(
    (word, i) => word === null || isDots(word) || (word === '' && i < words.length - 1)
  );
  const [first = ''] = words[0]?.toLowerCase().split('/') ?? [];
  return isDoubtful || NOT_SHOWN.includes(first) ? null : { path, query };
}

/** A decoded word may hold slashes, as addresses of workers do; then each part counts. */
function isDots(word: string): boolean {
  return word.split(/[/\\]/).some(part => part === '.' || part === '..');
}

/** Until nothing is left to decode, since nobody knows how often the other side does. */
function decode(word: string): string | null {
  try {
    const decoded = decodeURIComponent(word);
    return decoded === word ? word : decode(decoded);
  } catch {
    return /%(?![0-9a-f]{2})/i.test(word) ? word : null; // a bare percent sign, such as in "50%"
  }
}
