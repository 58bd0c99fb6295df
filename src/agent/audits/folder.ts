import { opendirSync, statSync, type Dirent } from 'node:fs';
import { errnoOf } from '../record';
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
  const entries = list(path);
  return (
    entries &&
    entries
      .filter(entry => !isHidden(entry) && isFolder(`${path}/${nameOf(entry)}`, entry))
      .map(nameOf)
  );
}

/**
 * Lists one variation without a stat per file; a folder that does not exist has no chunk.
 * Throws `UnreadableFolder`.
 */
export function listVariation(folder: string, name: string, inputs: IInputs): ChunkTable {
  const path = `${folder}/${name}`;
  const table = new ChunkTable(name, inputs.count);
  for (const entry of list(path) ?? []) {
    if (isHidden(entry) || !(entry.isFile() || entry.isSymbolicLink())) {
      continue;
    }
    const file = nameOf(entry);
    const chunk = parseChunkName(file);
    const input = chunk ? inputOf(chunk.id, inputs.ids) : undefined;
    if (chunk && input !== undefined) {
      table.add(input, file, chunk.start, chunk.stop, chunk.suffix === 'parquet');
    } else if (!(chunk && inputs.isOther(chunk.id)) && isRegular(`${path}/${file}`, entry)) {
      table.foreign.push(file);
    }
  }
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
  const entries = (list(`${folder}/${name}`) ?? []).filter(entry => !isHidden(entry));
  return entries.length === 0 || entries.some(entry => parseChunkName(nameOf(entry)) !== null);
}

/** What the system said, without the call and the path that Node puts around it. */
export function inPlain(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [, code, words] = /^([A-Z0-9]+): ([^,]+)/.exec(error.message) ?? [];
  return code ? `${words ?? ''} (${code})` : error.message;
}

function list(path: string): Dirent[] | null {
  try {
    return readAll(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return null;
    }
    throw new UnreadableFolder(`${path} cannot be listed: ${inPlain(error)}`, { cause: error });
  }
}

// eslint-disable-next-line no-control-regex -- exactly the bytes that are the same in UTF-8
const ASCII = /^[\x00-\x7f]*$/;

/**
 * All entries of a folder. Not by `readdirSync`, which sorts what it read: a fifth of the time.
 * Names come as bytes in latin1, which loses nothing and is faster; `nameOf` makes them text.
 */
function readAll(path: string): Dirent[] {
  const folder = opendirSync(path, { encoding: 'latin1', bufferSize: 128 });
  try {
    const entries: Dirent[] = [];
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
      entries.push(entry);
    }
    return entries;
  } finally {
    folder.closeSync();
  }
}

function nameOf({ name }: Dirent): string {
  return ASCII.test(name) ? name : Buffer.from(name, 'latin1').toString('utf8');
}

function isHidden(entry: Dirent): boolean {
  return entry.name.startsWith('.');
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
