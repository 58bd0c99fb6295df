import { createHash } from 'node:crypto';
import type { Environment } from '../../run';

/** What a configuration of ssh may speak of: this user, this machine, the environment. */
export interface IConfigWorld {
  readonly env: Environment;
  readonly home: string;
  readonly user: string;
  readonly uid: number;
  /** The name of this machine, with its domain. */
  readonly machine: string;
}

/** Where a connection leads, as far as values may speak of it. */
export interface ISshPlace {
  readonly destination: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly alias: string | null;
  readonly jump: string;
}

/** A path with `~`, tokens such as `%h`, and `${VARIABLES}` replaced, as ssh_config(5) has them. */
export function expandPath(value: string, place: ISshPlace, world: IConfigWorld): string {
  const path = /^~(?=\/|$)/.test(value) ? world.home + value.slice(1) : value;
  return expandTokens(path, place, world).replace(
    /\$\{([^}]*)\}/g,
    (whole, name: string) => world.env[name] ?? whole
  );
}

/** A value with its tokens replaced; one that ssh would not know stays as it is. */
export function expandTokens(value: string, place: ISshPlace, world: IConfigWorld): string {
  const { destination, hostname, user, alias, jump } = place;
  const port = String(place.port);
  const hash = (...parts: string[]) => createHash('sha1').update(parts.join('')).digest('hex');
  const tokens: Readonly<Partial<Record<string, string>>> = {
    '%': '%',
    C: hash(world.machine, hostname, port, user, jump),
    d: world.home,
    h: hostname,
    i: String(world.uid),
    j: jump,
    k: alias ?? destination,
    L: world.machine.split('.')[0] ?? '',
    l: world.machine,
    n: destination,
    p: port,
    r: user,
    u: world.user
  };
  return value.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
}
