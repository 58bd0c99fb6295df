import { join } from 'node:path';
import { HepbatchError } from '../../../contract';
import { parseJson, type ReadJson } from '../samples';
import type { IThere } from './there';

/** A samples JSON of 200,000 files has some 20 MB. */
const JSON_BYTES = 1024 * 1024 * 1024;

/** Reads JSON files of another host. What it throws is that of the host, and `bad-request`. */
export function readJsonThere({ host }: IThere): ReadJson {
  return async (path, what) => {
    const where = `${what} ${path} on ${host.title}`;
    const bytes = await host.read(path, { maxBytes: JSON_BYTES }).catch((cause: unknown) => {
      if (!(cause instanceof HepbatchError)) {
        throw cause;
      }
      const { code, message, data } = cause;
      throw new HepbatchError(code, `${where} cannot be read: ${message}`, data, { cause });
    });
    return parseJson(bytes, where);
  };
}

/**
 * A path there, absolute: one that begins with `~/`, or with nothing, is in the home folder, as in a
 * command of `ssh`. The home folder is asked for where it is needed.
 */
export class PathsThere {
  constructor(private readonly _there: IThere) {}

  async absolute(path: string): Promise<string> {
    if (path.startsWith('/')) {
      return path;
    }
    const home = await (this._home ??= this._ask());
    return join(home, path === '~' ? '' : path.replace(/^~\//, ''));
  }

  private async _ask(): Promise<string> {
    const { host } = this._there;
    const said = await host.run(['sh', '-c', 'printf %s "$HOME"'], {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      maxOutputBytes: 64 * 1024
    });
    if (said.end === 'exited' && said.code === 0 && said.stdout.startsWith('/')) {
      return said.stdout;
    }
    const why = said.end === 'unknown' ? said.reason : said.end;
    throw new HepbatchError('unreachable', `${host.title} does not tell the home folder: ${why}`, {
      next: 'Give paths that begin with /.'
    });
  }

  private _home: Promise<string> | null = null;
}
