import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';

/** What begins a name that is hidden behind an HMAC. */
const HASHED = '|1|';
const SALT_BYTES = 20;

/** OpenSSH gives up a list at a longer pattern. */
const PATTERN_BYTES = 1023;

/**
 * The name under which the key of a host is kept: the alias alone where there is one, else with the
 * port unless it is 22. Source: OpenSSH, put_host_port and get_hostfile_hostname_ipaddr.
 */
export function nameOf(hostname: string, port: number, alias: string | null): string {
  const name = lower(alias ?? hostname);
  return alias !== null || port === 22 ? name : `[${name}]:${port}`;
}

/** A name that tells nobody which host it is, as `HashKnownHosts yes` writes it. */
export function hashName(name: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `${HASHED}${salt.toString('base64')}|${hash}`;
}

/**
 * Whether the first field of a line names the host; null where it is a hash that cannot be read.
 * `names` are bytes as Latin-1. Source: OpenSSH, match_maybe_hashed and match_pattern_list.
 */
export function matches(name: string, names: string): boolean | null {
  if (names.startsWith('|')) {
    const [, magic, encoded = '', hash] = names.split('|');
    const salt = Buffer.from(encoded, 'base64');
    const isReadable = magic === '1' && hash !== undefined && salt.length === SALT_BYTES;
    return isReadable ? hashName(name, salt) === names : null;
  }
  const bytes = lower(Buffer.from(name).toString('latin1'));
  let isNamed = false;
  for (const entry of names.split(',')) {
    const isNot = entry.startsWith('!');
    const pattern = lower(isNot ? entry.slice(1) : entry);
    if (pattern.length > PATTERN_BYTES) {
      return false;
    }
    if (fits(bytes, pattern)) {
      if (isNot) {
        return false;
      }
      isNamed = true;
    }
  }
  return isNamed;
}

/** A pattern of `*` and `?`; linear but for the last star, so that no line can hold us up. */
function fits(text: string, pattern: string): boolean {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === '*') {
      [star, resume] = [next++, at];
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      [at, next] = [at + 1, next + 1];
    } else if (star >= 0) {
      [next, at] = [star + 1, ++resume];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(next));
}

/** As C does it: letters of ASCII alone. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}
