import { inputOf, parseChunkName } from '../chunk-name';
import { ChunkTable } from '../chunk-table';
import type { ITree, ITreeEntry } from './tree';

/** Which chunks belong to which input. */
export interface IInputs {
  readonly count: number;
  /** Identifier to index. */
  readonly ids: ReadonlyMap<string, number>;
  /** Whether an identifier belongs to an input that is not looked at (beyond the limit). */
  readonly isOther: (id: string) => boolean;
}

/** Names of the visible folders in a dataset's folder, or null where there is no such folder. */
export function listFolders(tree: ITree): string[] | null {
  const folders: string[] = [];
  const exists = tree.each('', entry => {
    const isLink = entry.isSymbolicLink();
    if (isLink ? tree.follow('', entry) === 'folder' : entry.isDirectory()) {
      folders.push(nameOf(entry));
    }
  });
  return exists ? folders : null;
}

/**
 * Lists one variation without a question per file; a folder that does not exist has no chunk.
 * Throws `UnreadableFolder`.
 */
export function listVariation(tree: ITree, variation: string, inputs: IInputs): ChunkTable {
  const table = new ChunkTable(variation, inputs.count);
  tree.each(variation, entry => {
    const isLink = entry.isSymbolicLink();
    if (!isLink && !entry.isFile()) {
      return;
    }
    const file = nameOf(entry);
    const chunk = parseChunkName(file);
    const input = chunk ? inputOf(chunk.id, inputs.ids) : undefined;
    if (chunk && input !== undefined) {
      table.add(input, file, chunk.start, chunk.stop, chunk.suffix === 'parquet');
    } else if (
      !(chunk && inputs.isOther(chunk.id)) &&
      (!isLink || tree.follow(variation, entry) === 'file')
    ) {
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
export function isVariation(tree: ITree, name: string): boolean {
  if (/(up|down)$/i.test(name)) {
    return true;
  }
  let entries = 0;
  let chunks = 0;
  tree.each(name, entry => {
    entries += 1;
    chunks += parseChunkName(nameOf(entry)) === null ? 0 : 1;
  });
  return entries === 0 || chunks > 0;
}

// eslint-disable-next-line no-control-regex -- exactly the bytes that are the same in UTF-8
const ASCII = /^[\x00-\x7f]*$/;

function nameOf({ name }: ITreeEntry): string {
  return ASCII.test(name) ? name : Buffer.from(name, 'latin1').toString('utf8');
}
