import type { SshHost } from '../../../contract';
import type { ILog } from '../../log';
import type { Environment } from '../../run';
import type { Ask } from '../asker';
import type { IHost } from './host';

/** How a line that fell silent is noticed: so many questions unanswered, one every so often. */
export interface IKeepalive {
  readonly intervalMs: number;
  readonly countMax: number;
}

/** Silence of 45 to 60 s is a lost line. */
export const KEEPALIVE: IKeepalive = { intervalMs: 15_000, countMax: 3 };

/** What an SSH host needs of its surroundings. */
export interface ISshWorld {
  /** Of the user: SSH_AUTH_SOCK, KRB5CCNAME, HOME; HEPBATCH_SSH_CONFIG names another ssh_config. */
  readonly env: Environment;
  /** A folder of mode 0700 with a short path, for sockets. */
  readonly runtime: string;
  readonly ask: Ask;
  readonly log: ILog;
  readonly keepalive?: IKeepalive;
}

/**
 * Logs in, asking what has to be asked. Throws `cancelled` (by the signal, or where a question was
 * not answered), `denied` (login or host key refused), `unreachable`, `unsupported`.
 */
export type OpenSshHost = (
  address: SshHost,
  world: ISshWorld,
  signal: AbortSignal
) => Promise<IHost>;
