import { Buffer } from 'node:buffer';
import { createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { utils } from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { errnoOf } from '../../../errno';
import { readKey } from '../../known-hosts/line';

/** A file that `IdentityFile` names, as far as it can be read without a pass phrase. */
export interface IIdentityFile {
  readonly file: string;
  /** Null where only the private half is there, and that encrypted. */
  readonly publicKey: Buffer | null;
  /** The private half as it is written; null where it is not there, or others may read it. */
  readonly privateKey: Buffer | null;
  /** Such as 0644 where the mode lets others read what it should not. */
  readonly openMode: string | null;
}

/** What trying a pass phrase gave. */
export type Opened = ParsedKey | 'encrypted' | 'wrong-passphrase' | Error;

const ARMOUR = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/;
const MAGIC = 'openssh-key-v1\0';

/** Reads a file and the `.pub` beside it; null where neither is there or can be read. */
export async function readIdentityFile(file: string, uid: number): Promise<IIdentityFile | null> {
  const [own, beside] = await Promise.all([readOrNull(file), readOrNull(`${file}.pub`)]);
  const publicKey = publicKeyOf(own) ?? publicKeyOf(beside);
  const isPrivate = own?.includes('PRIVATE KEY-----') === true;
  const openMode = isPrivate ? await modeOpenToOthers(file, uid) : null;
  const privateKey = isPrivate && openMode === null ? own : null;
  return publicKey === null && !isPrivate ? null : { file, publicKey, privateKey, openMode };
}

/**
 * Opens a private key; without a pass phrase only one that is not encrypted. With one it takes 0.3 to
 * 1.5 s, in which nothing else is done here: bcrypt is slow on purpose, and in JavaScript.
 */
export function openPrivateKey(data: Buffer, passphrase?: string): Opened {
  if (passphrase === '') {
    return 'wrong-passphrase'; // it is encrypted with something
  }
  const text = data.toString('latin1');
  return ARMOUR.test(text) ? parse(data, passphrase) : openPem(text, passphrase);
}

function parse(data: Buffer | string, passphrase?: string): Opened {
  const parsed: unknown = utils.parseKey(data, passphrase);
  // The package's own types know no list, which is what this format gives.
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (isParsedKey(key)) {
    return key;
  }
  const why = key instanceof Error ? key.message : 'no key';
  if (/no passphrase given/.test(why)) {
    return 'encrypted';
  }
  return /bad passphrase|integrity check/i.test(why) ? 'wrong-passphrase' : new Error(why);
}

/** The formats of OpenSSL; ssh2 reads not all of them, so they are rewritten as one that it does. */
function openPem(text: string, passphrase?: string): Opened {
  try {
    const key = createPrivateKey({
      key: text,
      ...(passphrase === undefined ? {} : { passphrase })
    });
    const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
    return parse(key.export({ type, format: 'pem' }).toString());
  } catch (cause) {
    const code = errnoOf(cause) ?? '';
    if (passphrase === undefined && /INTERRUPTED|MISSING_PASSPHRASE|BAD_PASSWORD/.test(code)) {
      return 'encrypted';
    }
    const isWrong = passphrase !== undefined && /BAD_DECRYPT|BAD_PASSWORD|INTERRUPTED/.test(code);
    return isWrong ? 'wrong-passphrase' : new Error('not a private key that can be read');
  }
}

function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key && 'sign' in key;
}

/** The public half: of a line as in `.pub`, of OpenSSH's format even if encrypted, of plain PEM. */
function publicKeyOf(data: Buffer | null): Buffer | null {
  const text = data?.toString('latin1') ?? '';
  const [, armoured] = ARMOUR.exec(text) ?? [];
  if (armoured !== undefined) {
    return publicKeyInside(Buffer.from(armoured, 'base64'));
  }
  if (text.includes('PRIVATE KEY-----')) {
    const opened = openPem(text);
    return typeof opened === 'string' || opened instanceof Error ? null : opened.getPublicSSH();
  }
  const [type = '', encoded = ''] = text.trim().split(/\s+/);
  const key = Buffer.from(encoded, 'base64');
  return readKey(key)?.type === type && type !== '' ? key : null;
}

/** Source: OpenSSH, PROTOCOL.key: cipher, kdf, its options, a count, then the public key. */
function publicKeyInside(data: Buffer): Buffer | null {
  let at = MAGIC.length;
  const next = () => {
    const bytes = at + 4 <= data.length ? data.readUInt32BE(at) : Infinity;
    at += 4;
    const part = data.subarray(at, at + bytes);
    at += bytes;
    return part;
  };
  if (data.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    return null;
  }
  next();
  next();
  next();
  at += 4;
  const key = next();
  return at <= data.length && readKey(key) !== null ? key : null;
}

/** As ssh has it: a key of ours that others may read is taken for stolen. */
async function modeOpenToOthers(file: string, uid: number): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  const isOpen = found !== null && found.uid === uid && (found.mode & 0o077) !== 0;
  return isOpen ? `0${(found.mode & 0o777).toString(8)}` : null;
}

async function readOrNull(file: string): Promise<Buffer | null> {
  // What ssh cannot read it passes over as well: the default names mostly are not there.
  return readFile(file).catch(() => null);
}
