import type { Buffer } from 'node:buffer';
import { HepbatchError } from '../../../../contract';
import type { ILog } from '../../../log';
import type { ISshHop } from '../../ssh-config/hop';
import { agentKeys } from './agent-keys';
import type { AskPassphrase, IKey } from './agent-keys';
import { FileKey } from './file-key';
import { readIdentityFile } from './identity-file';

/** The keys for one host, and what became of them; it outlives a line that was cut for too many. */
export class KeyRing {
  constructor(
    private readonly _load: () => Promise<readonly IKey[]>,
    private readonly _log: ILog
  ) {}

  /** The next key that was neither refused nor offered on this line; null where none is left. */
  async next(
    offered: ReadonlySet<IKey>,
    ask: AskPassphrase
  ): Promise<{ key: IKey; blob: Buffer } | null> {
    this._keys ??= await this._load();
    const first = this._accepted === null ? [] : [this._accepted];
    for (const key of [...first, ...this._keys]) {
      if (!this._refused.has(key) && !offered.has(key)) {
        const blob = await key.publicKey(ask).catch((cause: unknown) => this.drop(key, cause));
        if (blob !== null) {
          return { key, blob };
        }
      }
    }
    return null;
  }

  /** The server does not take it. */
  refuse(key: IKey): void {
    this._refused.add(key);
  }

  /** The server took it as one of several things that it wants: the next time it comes first. */
  accept(key: IKey): void {
    this._accepted = key;
  }

  /** It cannot be used for this reason. Throws where that is that the user wants no more. */
  drop(key: IKey, cause: unknown): null {
    if (cause instanceof HepbatchError && cause.code === 'cancelled') {
      throw cause;
    }
    this._log.warn(`the key ${key.name} is not used`, cause);
    this._fault = cause instanceof Error ? cause.message : String(cause);
    this._refused.add(key);
    return null;
  }

  /** Lets go of all keys, some of which are open: we are in. */
  forget(): void {
    this._keys = [];
    this._accepted = null;
    this._refused.clear();
  }

  /** Why the last one that could not be used could not; null where all could. */
  get fault(): string | null {
    return this._fault;
  }

  private _fault: string | null = null;
  private _keys: readonly IKey[] | null = null;
  private _accepted: IKey | null = null;
  private readonly _refused = new Set<IKey>();
}

/**
 * The keys for a host in the order in which ssh offers them: those of the agent that an identity file
 * names, the agent's others unless only named ones may be used, then the files themselves.
 */
export async function keysOf(hop: ISshHop, uid: number, log: ILog): Promise<IKey[]> {
  const read = await Promise.all(hop.identityFiles.map(file => readIdentityFile(file, uid)));
  const files = read.filter(file => file !== null);
  for (const { file, openMode } of files) {
    if (openMode !== null) {
      log.warn(`${file} is not used: mode ${openMode} lets others read it`);
    }
  }
  const inAgent = hop.agent === null ? [] : await agentKeys(hop.agent, log);
  const named = files.flatMap(({ publicKey }) =>
    inAgent.filter(({ blob }) => publicKey?.equals(blob) === true)
  );
  const others = hop.identitiesOnly ? [] : inAgent.filter(key => !named.includes(key));
  const own = files.flatMap(({ file, publicKey, privateKey }) => {
    const isInAgent = inAgent.some(({ blob }) => publicKey?.equals(blob) === true);
    return privateKey === null || isInAgent ? [] : [new FileKey(file, publicKey, privateKey)];
  });
  return [...named, ...others, ...own];
}
