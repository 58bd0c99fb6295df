import type { SshHost } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import type { Reader } from './reader';

/** Another host, as an audit uses it. */
export interface IThere {
  /** Names it in caches, the same for every connection that leads there. */
  readonly key: string;
  readonly host: Pick<IHost, 'title' | 'run' | 'start' | 'read' | 'write'>;
}

/** The same while an audit runs. */
export interface IThereNow extends IThere {
  readonly reader: Reader;
}

/** Names a host in caches by its address; by which program it is reached is no part of it. */
export function keyOf({ user, destination, port, jump }: SshHost): string {
  return JSON.stringify([user, destination, port, jump]);
}
