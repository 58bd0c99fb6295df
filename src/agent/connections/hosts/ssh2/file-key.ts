import { Buffer } from 'node:buffer';
import type { ParsedKey } from 'ssh2';
import { HepbatchError } from '../../../../contract';
import type { AskPassphrase, Hash, IKey } from './agent-keys';
import { openPrivateKey } from './identity-file';

/** How often a pass phrase is asked for, as ssh does. */
const TRIES = 3;

/** A key in a file, opened once, and only when the server would take it. */
export class FileKey implements IKey {
  constructor(
    readonly name: string,
    private readonly _public: Buffer | null,
    private readonly _private: Buffer
  ) {}

  async publicKey(ask: AskPassphrase): Promise<Buffer> {
    return this._public ?? (await this._open(ask)).getPublicSSH();
  }

  async sign(data: Buffer, hash: Hash, ask: AskPassphrase): Promise<Buffer> {
    const signature: unknown = (await this._open(ask)).sign(data, hash);
    if (Buffer.isBuffer(signature)) {
      return signature;
    }
    throw signature instanceof Error ? signature : new Error(`${this.name} does not sign`);
  }

  private async _open(ask: AskPassphrase): Promise<ParsedKey> {
    if (this._opened !== null) {
      return this._opened;
    }
    let opened = openPrivateKey(this._private);
    for (let tries = 0; typeof opened === 'string' && tries < TRIES; tries++) {
      opened = openPrivateKey(this._private, await ask(this.name, tries > 0));
    }
    if (typeof opened === 'string' || opened instanceof Error) {
      const why = opened instanceof Error ? opened.message : `${TRIES} wrong pass phrases`;
      throw new HepbatchError('denied', `${this.name}: ${why}`, {
        next: 'Open the connection again with the right pass phrase, or with another key.'
      });
    }
    return (this._opened = opened);
  }

  private _opened: ParsedKey | null = null;
}
