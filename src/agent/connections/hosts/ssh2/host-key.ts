import type { Buffer } from 'node:buffer';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { HepbatchError } from '../../../../contract';
import type { ILog } from '../../../log';
import type { Question } from '../../asker';
import { appendHostKey } from '../../known-hosts/append';
import { algorithmOf, fingerprint } from '../../known-hosts/fingerprint';
import { lookUpHost } from '../../known-hosts/known-hosts';
import type { KnownHost } from '../../known-hosts/known-hosts';
import type { IHostKeyRules, ISshHop } from '../../ssh-config/hop';

/** What ssh2 can verify, the best first; ssh-rsa with SHA-1 is left out, as OpenSSH does. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256'
];

/** Asks the user; rejects where he would rather not. */
export type AskUser = (question: Question) => Promise<string>;

/** Judges the key that a server shows, on one line; asks where nobody knows it. */
export class HostKeyCheck {
  private constructor(
    private readonly _hop: ISshHop,
    private readonly _known: KnownHost,
    private readonly _log: ILog
  ) {}

  /** Reads what is known of the host. */
  static async of(hop: ISshHop, log: ILog): Promise<HostKeyCheck> {
    return new HostKeyCheck(hop, await look(hop.hostKeys), log);
  }

  /** What to ask the server for: keys of types that are known first, else a known host looks changed. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const allowed = this._hop.settings.get('hostkeyalgorithms')?.[0]?.split(',');
    const usable = ALGORITHMS.filter(name => allowed?.includes(name) ?? true);
    const isKnown = (name: string) =>
      this._known.types.includes(name.startsWith('rsa-') ? 'ssh-rsa' : name);
    return [...usable.filter(isKnown), ...usable.filter(name => !isKnown(name))];
  }

  /** Whether it is the one that was found right on this line; keys are exchanged anew from time to time. */
  isTrusted(key: Buffer): boolean {
    return this._trusted?.equals(key) === true;
  }

  /**
   * Resolves where the key may be trusted. Throws `denied` with file and line where it has changed or
   * was revoked, or where nobody knows it and nobody wants to.
   */
  async check(key: Buffer, ask: AskUser): Promise<void> {
    const { name, userFiles, unknown } = this._hop.hostKeys;
    const shown = `${algorithmOf(key)} key ${fingerprint(key)}`;
    const { verdict, ...where } = this._known.judge(key);
    if (verdict === 'changed' || verdict === 'revoked') {
      throw refusal(name, shown, verdict, where);
    }
    if (verdict === 'unknown') {
      if (unknown === 'refuse') {
        throw new HepbatchError('denied', `${name}: its ${shown} is not known`, {
          next: 'Add it to known_hosts, or take StrictHostKeyChecking yes out of your ssh configuration.'
        });
      }
      if (unknown === 'ask') {
        await this._ask(key, shown, ask);
      }
      await this._keep(key, userFiles[0] ?? null);
    }
    this._trusted = key;
  }

  private async _ask(key: Buffer, shown: string, ask: AskUser): Promise<void> {
    const { hostKeys, title } = this._hop;
    const answer = await ask({
      title,
      text: `Nobody knows the host ${hostKeys.name} yet. It shows the ${shown}. Is it the right one?`,
      kind: 'host-key',
      hostKey: {
        host: hostKeys.name,
        algorithm: algorithmOf(key),
        fingerprint: fingerprint(key),
        file: hostKeys.userFiles[0] ?? ''
      },
      again: false
    });
    if (answer !== 'yes') {
      throw new HepbatchError('denied', `${hostKeys.name}: its ${shown} was not accepted`, {
        next: 'Compare the fingerprint with what the site publishes, and open it again.'
      });
    }
  }

  /** A file that cannot be written is no reason to refuse what the user has accepted, as with ssh. */
  private async _keep(key: Buffer, file: string | null): Promise<void> {
    const { name, isHashed } = this._hop.hostKeys;
    const now = await look(this._hop.hostKeys); // somebody may have written meanwhile
    const { verdict, ...where } = now.judge(key);
    if (verdict === 'changed' || verdict === 'revoked') {
      throw refusal(name, fingerprint(key), verdict, where);
    }
    if (verdict === 'unknown' && file !== null) {
      await appendHostKey(file, name, key, isHashed).catch((cause: unknown) => {
        this._log.warn(`the key of ${name} could not be kept`, cause);
      });
    }
  }

  private _trusted: Buffer | null = null;
}

function look({ name, portless, userFiles, globalFiles }: IHostKeyRules): Promise<KnownHost> {
  return lookUpHost([...userFiles, ...globalFiles], name, portless);
}

function refusal(
  name: string,
  shown: string,
  verdict: 'changed' | 'revoked',
  where: { file?: string; line?: number }
): HepbatchError {
  const { file = '', line = 0 } = where;
  const what = verdict === 'changed' ? 'is not the one that is known' : 'was revoked';
  return new HepbatchError(
    'denied',
    `${name}: its ${shown} ${what}, see ${file} line ${line}. Somebody may be in between.`,
    {
      next: `Ask the site whether its key has changed. If it has, remove line ${line} of ${file}.`,
      file,
      line
    }
  );
}
