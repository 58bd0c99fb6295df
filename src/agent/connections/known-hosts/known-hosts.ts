import type { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { parseKnownHostsLine } from './line';
import type { IKnownHostsLine } from './line';
import { matches } from './names';

/** What the known_hosts files say of the key that a host showed. */
export type Verdict =
  | { readonly verdict: 'known' | 'unknown' }
  | { readonly verdict: 'changed' | 'revoked'; readonly file: string; readonly line: number };

/** A key of one host, and where it is written. */
interface IKnownKey extends IKnownHostsLine {
  readonly file: string;
  readonly lineNumber: number;
}

/** What the known_hosts files have on one host. */
export class KnownHost {
  constructor(
    private readonly _keys: readonly IKnownKey[],
    /** What they have on it without its port; it can vouch for a key, as with OpenSSH. */
    private readonly _portless: readonly IKnownKey[] = []
  ) {}

  /**
   * Judges as OpenSSH does: a host with another key, of whatever type, has changed it. A revoked
   * key is refused even if a line vouches for it. Source: check_hostkeys_by_key_or_type.
   */
  judge(key: Buffer): Verdict {
    const all = [...this._keys, ...this._portless];
    const revoked = all.find(known => known.marker === 'revoked' && known.key.equals(key));
    if (revoked !== undefined) {
      return { verdict: 'revoked', file: revoked.file, line: revoked.lineNumber };
    }
    const plain = this._keys.filter(known => known.marker === 'none');
    if (plain.some(known => known.key.equals(key))) {
      return { verdict: 'known' };
    }
    const last = plain.at(-1);
    if (last !== undefined) {
      return { verdict: 'changed', file: last.file, line: last.lineNumber };
    }
    const isVouched = this._portless.some(
      known => known.marker === 'none' && known.key.equals(key)
    );
    return { verdict: isVouched ? 'known' : 'unknown' };
  }

  /** Types of the keys that are known, so that the host is asked for one of these. */
  get types(): readonly string[] {
    const plain = [...this._keys, ...this._portless].filter(known => known.marker === 'none');
    return [...new Set(plain.map(known => known.type))];
  }

  /** Whether a certificate would do; ssh2 knows none. */
  get hasAuthority(): boolean {
    return this._keys.some(known => known.marker === 'cert-authority');
  }
}

/** Looks a host up in files; those that are absent or closed to us say nothing, as with OpenSSH. */
export async function lookUpHost(
  files: readonly string[],
  name: string,
  portless: string | null = null
): Promise<KnownHost> {
  const lines: { file: string; lineNumber: number; text: string }[] = [];
  for (const file of files) {
    const text = await readFile(file, 'latin1').catch(() => '');
    text.split('\n').forEach((text, i) => lines.push({ file, lineNumber: i + 1, text }));
  }
  const keysOf = (wanted: string) =>
    lines.flatMap(({ file, lineNumber, text }): IKnownKey[] => {
      const known = parseKnownHostsLine(text);
      const isIt = known !== null && matches(wanted, known.names) === true;
      return isIt ? [{ ...known, file, lineNumber }] : [];
    });
  return new KnownHost(keysOf(name), portless === null ? [] : keysOf(portless));
}
