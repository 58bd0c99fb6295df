import { Buffer } from 'node:buffer';
import { BaseAgent, createAgent, utils } from 'ssh2';
import type { IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { ILog } from '../../../log';
import { fingerprint } from '../../known-hosts/fingerprint';

/** Asks for the pass phrase of a file; rejects where the user would rather not. */
export type AskPassphrase = (file: string, again: boolean) => Promise<string>;

/** What ssh2 wants to be hashed how; undefined: as the type of the key has it. */
export type Hash = SigningRequestOptions['hash'];

/** A key that may let us in. */
export interface IKey {
  /** Where it comes from, in words. */
  readonly name: string;
  /** What the server is shown; rejects where that cannot be had. It may take a pass phrase. */
  publicKey(ask: AskPassphrase): Promise<Buffer>;
  /** Signs, asking for the pass phrase where that is needed; rejects where it cannot. */
  sign(data: Buffer, hash: Hash, ask: AskPassphrase): Promise<Buffer>;
}

/** A key in an agent: it signs, and never shows its private half. */
export class AgentKey implements IKey {
  constructor(
    private readonly _key: ParsedKey,
    private readonly _agent: BaseAgent
  ) {
    this.blob = _key.getPublicSSH();
  }

  readonly blob: Buffer;

  get name(): string {
    return `${fingerprint(this.blob)} of the key agent`;
  }

  publicKey(): Promise<Buffer> {
    return Promise.resolve(this.blob);
  }

  sign(data: Buffer, hash: Hash): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this._agent.sign(this._key, data, hash === undefined ? {} : { hash }, (error, signature) => {
        if (signature === undefined) {
          reject(error ?? new Error('the key agent did not sign'));
        } else {
          resolve(signature);
        }
      });
    });
  }
}

/** The keys of an agent that ssh2 can use; an agent that does not answer has none. */
export function agentKeys(socket: string, log: ILog): Promise<AgentKey[]> {
  const agent = createAgent(socket);
  return new Promise(resolve => {
    agent.getIdentities((error, keys = []) => {
      if (error) {
        log.warn(`the key agent at ${socket} does not answer`, error);
      }
      resolve(
        keys.flatMap(key => {
          const parsed = typeof key === 'object' && 'pubKey' in key ? key.pubKey : key;
          const usable =
            typeof parsed === 'object' && 'pubKey' in parsed
              ? utils.parseKey(parsed.pubKey)
              : utils.parseKey(parsed);
          return usable instanceof Error ? [] : [new AgentKey(usable, agent)];
        })
      );
    });
  });
}

/**
 * Shows one key as if it were all that an agent holds. ssh2 offers all keys of an agent at once and
 * forgets that one of them was a part of what the server wants (issue 1215 of ssh2); one at a time
 * we decide what comes next. It also lets a pass phrase wait until the server wants the key.
 */
export class OneKeyAgent extends BaseAgent {
  constructor(
    private readonly _blob: Buffer,
    private readonly _sign: (data: Buffer, hash: Hash) => Promise<Buffer>
  ) {
    super();
  }

  override getIdentities(done: IdentityCallback): void {
    done(null, [this._blob]);
  }

  override sign(
    _key: unknown,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback
  ): void {
    const hash = typeof options === 'function' ? undefined : options.hash;
    const answer = typeof options === 'function' ? options : done;
    this._sign(data, hash)
      .then(
        signature => answer?.(null, signature),
        (cause: unknown) => answer?.(cause instanceof Error ? cause : new Error(String(cause)))
      )
      .catch(() => undefined); // the line has ended meanwhile
  }
}
