import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeWithProgram, said } from '../../../__tests__/programs';
import { openPrivateKey, readIdentityFile } from '../identity-file';

const folder = mkdtempSync(join(tmpdir(), 'identity-'));
const { uid } = userInfo();
let count = 0;

function make(passphrase: string, ...type: string[]): { file: string; blob: Buffer } {
  const file = join(folder, `key-${++count}`);
  said(['ssh-keygen', '-q', ...type, '-N', passphrase, '-f', file]);
  const [, encoded = ''] = readFileSync(`${file}.pub`, 'latin1').split(' ');
  return { file, blob: Buffer.from(encoded, 'base64') };
}

describeWithProgram('ssh-keygen', 'key files of ssh-keygen', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519', '-a', '4'], true],
    ['RSA', ['-t', 'rsa', '-b', '2048', '-a', '4'], true],
    ['ECDSA in PEM', ['-t', 'ecdsa', '-m', 'PEM'], false],
    ['RSA in PKCS8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8'], false]
  ])(
    '%s: the public half before the pass phrase, the private one with it',
    async (_, type, early) => {
      const { file, blob } = make('a pass phrase', ...type);
      rmSync(`${file}.pub`);
      const read = await readIdentityFile(file, uid);
      expect(read?.publicKey?.equals(blob) ?? null).toBe(early ? true : null);
      const data = read?.privateKey ?? Buffer.alloc(0);
      expect(openPrivateKey(data)).toBe('encrypted');
      expect([openPrivateKey(data, 'wrong'), openPrivateKey(data, '')]).toEqual(
        Array(2).fill('wrong-passphrase')
      );
      const opened = openPrivateKey(data, 'a pass phrase');
      expect(
        typeof opened === 'object' && 'getPublicSSH' in opened && opened.getPublicSSH()
      ).toEqual(blob);
    }
  );

  it('takes the public half from beside, or as all that there is', async () => {
    const { file, blob } = make('a pass phrase', '-t', 'ecdsa', '-m', 'PEM');
    expect((await readIdentityFile(file, uid))?.publicKey).toEqual(blob);
    renameSync(`${file}.pub`, `${file}-only.pub`);
    expect(await readIdentityFile(`${file}-only.pub`, uid)).toMatchObject({
      publicKey: blob,
      privateKey: null
    });
    expect(await readIdentityFile(`${file}-only`, uid)).toMatchObject({ publicKey: blob });
  });

  it('is not upset by files that are torn or spoilt', async () => {
    const texts = [
      ['-t', 'ed25519', '-a', '1'],
      ['-t', 'ecdsa', '-m', 'PEM']
    ].map(type => readFileSync(make('', ...type).file, 'latin1'));
    const spoilt = fc
      .tuple(fc.constantFrom(...texts, ''), fc.nat(500), fc.nat(20), fc.string({ unit: 'binary' }))
      .map(([text, at, gone, more]) => text.slice(0, at) + more + text.slice(at + gone));
    const file = join(folder, 'spoilt');
    const property = fc.asyncProperty(spoilt, async text => {
      writeFileSync(file, text, { mode: 0o600 });
      const read = await readIdentityFile(file, uid);
      const opened = openPrivateKey(read?.privateKey ?? Buffer.from(text));
      expect(['string', 'object']).toContain(typeof opened);
    });
    await fc.assert(property);
  });
});

it('has nothing to say of a file that is not there', async () => {
  expect(await readIdentityFile('/no/such/key', uid)).toBe(null);
});
