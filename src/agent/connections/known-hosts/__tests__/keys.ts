import { Buffer } from 'node:buffer';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';

const field = (bytes: Uint8Array | string): Buffer => {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};

/** A public key as it travels: its type and 32 bytes. */
export const ed25519 = (seed: number): Buffer =>
  Buffer.concat([field('ssh-ed25519'), field(Buffer.alloc(32, seed))]);

/** A public RSA key of 2048 bits. */
export const rsa = (seed: number): Buffer => {
  const modulus = Buffer.concat([Buffer.from([0, 0xc1]), Buffer.alloc(255, seed | 1)]);
  return Buffer.concat([field('ssh-rsa'), field(Buffer.from([1, 0, 1])), field(modulus)]);
};

/** Type and key as a line has them. */
export const written = (key: Buffer): string =>
  `${key.toString('latin1', 4, 4 + key.readUInt32BE(0))} ${key.toString('base64')}`;

/** A file with this text in a folder of its own. */
export function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'known-hosts-')), 'known_hosts');
  writeFileSync(file, Buffer.from(text, 'latin1'));
  return file;
}

/** Names of hosts that are alike enough to be mixed up. */
export const anyName = fc
  .array(fc.constantFrom('a', 'b', '.', '1', '-', 'é'), { minLength: 1, maxLength: 6 })
  .map(parts => `h${parts.join('')}`)
  .chain(name => fc.constantFrom(name, `[${name}]:2222`, `[${name}]:22`));

/** Patterns of a list, negated ones among them. */
export const anyPattern = fc
  .array(fc.constantFrom('h', 'a', 'b', 'A', 'H', '.', '*', '?', '[', ']:2222', ','), {
    minLength: 1,
    maxLength: 7
  })
  .map(parts => parts.join(''))
  .chain(pattern => fc.constantFrom(pattern, `!${pattern}`));
