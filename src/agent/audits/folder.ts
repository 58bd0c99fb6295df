import { opendirSync, statSync, type Dirent } from 'node:fs';
import { errnoOf } from '../errno';
import { inputOf, parseChunkName } from './chunk-name';
import { ChunkTable } from './chunk-table';

/** Which chunks belong to which input. */
export interface IInputs {
  readonly count: number;
  /** Identifier to index. */
  readonly ids: ReadonlyMap<string, number>;
  /** Whether an identifier belongs to an input that is not looked at (beyond the limit). */
  readonly isOther: (id: string) => boolean;
}

/** A folder that is there and cannot be listed: it is not known to be empty. */
export class UnreadableFolder extends Error {}

/** Names of the visible folders in a dataset folder, or null where there is no such folder. */
export function listFolders(path: string): string[] | null {
  const folders: string[] = [];
  const exists = eachVisible(path, entry => {
    const name = nameOf(entry);
    if (isFolder(`${path}/${name}`, entry)) {
      folders.push(name);
    }
  });
  return exists ? folders : null;
}

/**
 * Lists one variation without a stat per file; a folder that does not exist has no chunk.
 * Throws `UnreadableFolder`.
 */
export function listVariation(folder: string, name: string, inputs: IInputs): ChunkTable {
  const path = `${folder}/${name}`;
  const table = new ChunkTable(name, inputs.count);
  eachVisible(path, entry => {
    if (!entry.isFile() && !entry.isSymbolicLink()) {
      return;
    }
    const file = nameOf(entry);
    const chunk = parseChunkName(file);
    const input = chunk ? inputOf(chunk.id, inputs.ids) : undefined;
    if (chunk && input !== undefined) {
      table.add(input, file, chunk.start, chunk.stop, chunk.suffix === 'parquet');
    } else if (!(chunk && inputs.isOther(chunk.id)) && isRegular(`${path}/${file}`, entry)) {
      table.foreign.push(file);
    }
  });
  table.foreign.sort();
  return table;
}

/**
 * Whether a folder beside nominal is a variation: it holds a chunk of any input, or nothing, or is
 * named as a shift. A folder of plots or merged files is none.
 */
export function isVariation(folder: string, name: string): boolean {
  if (/(up|down)$/i.test(name)) {
    return true;
  }
  let entries = 0;
  let chunks = 0;
  eachVisible(`${folder}/${name}`, entry => {
    entries += 1;
    chunks += parseChunkName(nameOf(entry)) === null ? 0 : 1;
  });
  return entries === 0 || chunks > 0;
}

/** What the system said, without the call and the path that Node puts around it. */
export function inPlain(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [, code, words] = /^([A-Z0-9]+): ([^,]+)/.exec(error.message) ?? [];
  return code ? `${words ?? ''} (${code})` : error.message;
}

/**
 * Shows each entry of a folder that does not begin with a dot; false where there is no such
 * folder. One by one, so that a million entries are never there together, and not by `readdirSync`,
 * which sorts what it read: a fifth of the time. Names come as bytes in latin1, which loses nothing
 * and is faster; `nameOf` makes them text. Throws `UnreadableFolder`.
 */
function eachVisible(path: string, show: (entry: Dirent) => void): boolean {
  try {
    const folder = opendirSync(path, { encoding: 'latin1', bufferSize: 256 });
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
        if (entry.name.charCodeAt(0) !== DOT) {
          show(entry);
        }
      }
    } finally {
      folder.closeSync();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return false;
    }
    throw new UnreadableFolder(`${path} cannot be listed: ${inPlain(error)}`, { cause: error });
  }
}

const DOT = 0x2e;

// eslint-disable-next-line no-control-regex -- exactly the bytes that are the same in UTF-8
const ASCII = /^[\x00-\x7f]*$/;

function nameOf({ name }: Dirent): string {
  return ASCII.test(name) ? name : Buffer.from(name, 'latin1').toString('utf8');
}

function isFolder(path: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? follow(path, 'isDirectory') : entry.isDirectory();
}

function isRegular(path: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? follow(path, 'isFile') : entry.isFile();
}

/** What a link leads to; a link to nothing, or in a loop, leads to neither. */
function follow(path: string, question: 'isFile' | 'isDirectory'): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.[question]() ?? false;
  } catch (error) {
    if (['ELOOP', 'EACCES', 'ENOTDIR'].includes(errnoOf(error) ?? '')) {
      return false;
    }
    throw error;
  }
}
