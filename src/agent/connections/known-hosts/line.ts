import { Buffer } from 'node:buffer';

/** A line of a known_hosts file that says something. */
export interface IKnownHostsLine {
  readonly marker: 'none' | 'cert-authority' | 'revoked';
  /** The first field, whether patterns or a hash. */
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
}

const MARKERS: Readonly<Partial<Record<string, IKnownHostsLine['marker']>>> = {
  '@cert-authority': 'cert-authority',
  '@revoked': 'revoked'
};

/** How many fields follow the name of the type in a key, by RFC 4253, 5656, 8709 and PROTOCOL.u2f. */
const FIELDS: Readonly<Partial<Record<string, number>>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3
};

/**
 * Reads one line, bytes as Latin-1. Null for comments, empty lines, and what OpenSSH would not
 * understand either: such a line vouches for no key and bars none.
 */
export function parseKnownHostsLine(line: string): IKnownHostsLine | null {
  const [text = ''] = line.split('\0');
  const fields = text
    .replace(/\r$/, '')
    .split(/[ \t]+/)
    .filter(field => field !== '');
  const [first = ''] = fields;
  if (first === '' || first.startsWith('#')) {
    return null;
  }
  const marker = first.startsWith('@') ? MARKERS[first] : 'none';
  const [names = '', type = '', encoded = ''] = marker === 'none' ? fields : fields.slice(1);
  const key = Buffer.from(encoded, 'base64');
  // Node skips what is no Base64, which would make a key of a torn line.
  const isWhole = encoded !== '' && key.toString('base64') === encoded;
  const isFine = marker !== undefined && !names.startsWith('@') && isWhole && isKey(key, type);
  return isFine ? { marker, names, type, key } : null;
}

/** The type a public key itself names, and the fields after it; null where it is none. */
export function readKey(key: Buffer): { type: string; fields: Buffer[] } | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < key.length) {
    const bytes = key.length - at >= 4 ? key.readUInt32BE(at) : Infinity;
    if (bytes > key.length - at - 4) {
      return null;
    }
    parts.push(key.subarray(at + 4, at + 4 + bytes));
    at += 4 + bytes;
  }
  const [type, ...fields] = parts;
  return type === undefined ? null : { type: type.toString('latin1'), fields };
}

function isKey(key: Buffer, type: string): boolean {
  const read = readKey(key);
  return read !== null && read.type === type && read.fields.length === FIELDS[type];
}
