import { HepbatchError } from '../../../../contract';
import type { ISshHop } from '../../ssh-config/hop';

/** What was tried to get in. */
interface ITried {
  readonly hasAsked: boolean;
  readonly offeredKeys: number;
  /** Why a key could not be used. */
  readonly keyFault: string | null;
}

/** What the user is told where nothing is left to try; `wanted` is what the server would take. */
export function loginRefusal(
  { title, methods }: ISshHop,
  wanted: readonly string[],
  { hasAsked, offeredKeys, keyFault }: ITried
): HepbatchError {
  const next = wanted.includes('gssapi-with-mic')
    ? 'Get a Kerberos ticket by kinit, or choose OpenSSH as the SSH client.'
    : 'Check the user name, the keys and what the site wants for a login.';
  const couldAnswer = ['password', 'keyboard-interactive'].some(
    method => wanted.includes(method) && methods.includes(method)
  );
  const wantsKey = wanted.includes('publickey') && methods.includes('publickey');
  const why =
    hasAsked && couldAnswer
      ? 'it did not accept the answers'
      : wantsKey
        ? (keyFault ?? `it wants a key, and took none of the ${offeredKeys} offered`)
        : `it would take ${wanted.join(', ') || 'nothing'}, which is not to be had here`;
  return new HepbatchError('denied', `${title} did not let us in: ${why}`, { next });
}
