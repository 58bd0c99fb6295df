import { HepbatchError } from '../../../../contract';
import { errnoOf } from '../../../errno';

/** What is known of a login that came to nothing. */
interface ILoginSoFar {
  readonly hasAsked: boolean;
}

const NETWORK: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'the connection was reset'
};

/** What the user is told of a line that ended before we were in. */
export function lineError(title: string, cause: unknown, { hasAsked }: ILoginSoFar): HepbatchError {
  if (cause instanceof HepbatchError) {
    return cause;
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = NETWORK[errnoOf(cause) ?? ''];
  const message = why === undefined ? `${title}: ${said}` : `${title}: ${why} (${said})`;
  if (/too many authentication failures/i.test(said)) {
    return new HepbatchError(
      'denied',
      `${title} did not let us in: too many authentication failures`,
      { next: 'Check the user name, the keys and what the site wants for a login.' },
      { cause }
    );
  }
  if (/no matching|unsupported/i.test(said)) {
    const next = 'Choose OpenSSH as the SSH client for this connection.';
    return new HepbatchError('unsupported', message, { next }, { cause });
  }
  const next = hasAsked
    ? 'Open it again; some hosts give up when an answer takes longer than two minutes.'
    : 'Check the name, the port and the network, and try again.';
  return new HepbatchError('unreachable', message, { next }, { cause });
}
