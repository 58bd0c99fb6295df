import { homedir } from 'node:os';
import { LocalHost } from '../../../connections/hosts/local';
import { Reader } from '../reader';
import type { IThereNow } from '../there';

/** The same, with what an audit adds to it. */
export function thereHere(env: Record<string, string> = {}): IThereNow {
  const host = thisMachine(env);
  return { key: 'there', host, reader: new Reader({ host, stallMs: 60_000 }) };
}

/** This machine as a host like any other; `env` on top of a plain PATH. */
export function thisMachine(env: Record<string, string> = {}): LocalHost {
  return new LocalHost({
    env: { PATH: '/usr/bin:/bin', HOME: homedir(), ...env },
    home: homedir()
  });
}
