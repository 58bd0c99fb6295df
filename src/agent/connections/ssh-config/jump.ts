import { HepbatchError } from '../../../contract';

/** A destination as users write it: `user@host:port`. */
export interface IDestination {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
}

/** The hosts of a ProxyJump, in the order in which they are passed. Throws `bad-request`. */
export function parseJumps(text: string): IDestination[] {
  return text.split(',').map(part => parseDestination(part.trim(), text));
}

function parseDestination(part: string, whole: string): IDestination {
  const isUri = /^ssh:\/\//i.test(part);
  const bare = isUri ? part.slice(6).replace(/\/$/, '') : part;
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? null : bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const [, six, name, port] = /^(?:\[([^\]]+)\]|([^:[\]/]+))(?::(\d{1,5}))?$/.exec(rest) ?? [];
  const host = six ?? name;
  const number = port === undefined ? null : Number(port);
  // A dash would be an option to ssh, a blank or control character is in no name.
  const isFine =
    host !== undefined &&
    [host, user ?? 'x'].every(word => /^[^-\s\p{C}][^\s\p{C}]*$/u.test(word)) &&
    (number === null || (number > 0 && number < 65_536));
  if (!isFine) {
    throw new HepbatchError('bad-request', `jump hosts ${whole}: ${part || 'nothing'} is no host`, {
      next: 'Name them as for ssh -J: user@host:port, several with commas.'
    });
  }
  return { host, user: isUri && user !== null ? decode(user) : user, port: number };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that begins no code is itself
  }
}
