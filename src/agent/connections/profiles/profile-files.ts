import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProfileProblem } from '../../../contract';
import { errnoOf } from '../../errno';
import { parseProfileFile } from './profile-file';
import type { IProfileFile } from './profile-file';

/** A file and what it says. */
export interface IReadFile extends IProfileFile {
  readonly file: string;
}

/** Reads files of profiles, each again only when it changed. */
export class ProfileFiles {
  /** All `*.json` of the folders, folder by folder, by name within one. */
  async readFolders(folders: readonly string[], except: string): Promise<IReadFile[]> {
    const files: string[] = [];
    const problems: IReadFile[] = [];
    for (const folder of folders) {
      try {
        const names = (await readdir(folder)).filter(name => /^[^.].*\.json$/.test(name)).sort();
        files.push(...names.map(name => join(folder, name)).filter(file => file !== except));
      } catch (cause) {
        const errno = errnoOf(cause);
        if (errno !== 'ENOENT' && errno !== 'ENOTDIR') {
          problems.push(unreadable(folder, cause));
        }
      }
    }
    const read = await Promise.all(files.map(file => this.read(file)));
    return [...problems, ...read.filter(file => file !== null)];
  }

  /** One file; null where there is none. */
  async read(file: string): Promise<IReadFile | null> {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const mark = `${mtimeMs} ${size} ${ino}`;
      const kept = this._kept.get(file);
      if (kept?.mark === mark) {
        return kept.read;
      }
      const read = { file, ...parseProfileFile(file, await readFile(file, 'utf8')) };
      this._kept.set(file, { mark, read });
      return read;
    } catch (cause) {
      return errnoOf(cause) === 'ENOENT' ? null : unreadable(file, cause);
    }
  }

  private readonly _kept = new Map<string, { mark: string; read: IReadFile }>();
}

function unreadable(file: string, cause: unknown): IReadFile {
  const said = cause instanceof Error ? cause.message : String(cause);
  const problem: ProfileProblem = {
    file,
    key: '',
    value: '',
    message: `cannot be read: ${said.split(', ')[0] ?? said}`
  };
  return { file, profiles: [], hide: [], problems: [problem] };
}
