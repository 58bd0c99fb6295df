import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithProgram, said } from '../../__tests__/programs';
import { algorithmOf, fingerprint } from '../fingerprint';

it('says the type as it is where it has no short name', () => {
  expect(algorithmOf(Buffer.from('\0\0\0\x04abcd'))).toBe('abcd');
  expect(algorithmOf(Buffer.from('nonsense'))).toBe('unknown');
});

describeWithProgram('ssh-keygen', 'beside ssh-keygen', () => {
  it.each(['ed25519', 'rsa', 'ecdsa'])('shows a key as ssh does: %s', type => {
    const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'key');
    said(['ssh-keygen', '-q', '-t', type, '-N', '', '-f', file]);
    const [, encoded = ''] = readFileSync(`${file}.pub`, 'latin1').split(' ');
    const key = Buffer.from(encoded, 'base64');
    const shown = said(['ssh-keygen', '-l', '-f', file]);
    expect(shown).toContain(fingerprint(key));
    expect(shown).toContain(`(${algorithmOf(key)})`);
  });
});
