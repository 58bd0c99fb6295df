import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readKey } from './line';

/** The fingerprint of a public key as ssh shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The short name of a key's type as ssh shows it, such as `ED25519`. */
export function algorithmOf(key: Buffer): string {
  const type = readKey(key)?.type ?? 'unknown';
  const word = /^(sk-)?(?:ssh-)?(rsa|dss|ed25519|ecdsa)/.exec(type);
  if (word === null) {
    return type;
  }
  const name = word[2] === 'dss' ? 'DSA' : (word[2] ?? '').toUpperCase();
  return word[1] === undefined ? name : `${name}-SK`;
}
