import type { IListing } from '../question';
import { ListedTree } from '../tree/listed-tree';
import { UnreadableFolder, type ITree } from '../tree/tree';
import { listThere } from './listing';
import { Reader } from './reader';
import { dirname } from 'node:path';
import { withoutSlash } from './section';
import type { IThere } from './there';
import { faultsBelow } from './find';

/** A question about a file that nobody answers for so long is given up. */
const STALL_MS = 120_000;

/** Lists the folder of one dataset on another host now, and looks at it. */
export async function lookThere<T>(
  there: IThere,
  folder: string,
  look: (tree: ITree) => Promise<T>
): Promise<T> {
  const { host, key } = there;
  const reader = new Reader({ host, stallMs: STALL_MS });
  try {
    const root = withoutSlash(folder);
    let records: Uint8Array | null = null;
    const { signal } = new AbortController();
    const faults = await listThere(
      host,
      dirname(root),
      [root],
      section => {
        records = section.path === root ? section.records : records;
      },
      signal
    );
    if (faults.all !== null) {
      throw new UnreadableFolder(root, faults.all);
    }
    const listing: IListing = { host: key, records, faults: faultsBelow(root, faults) };
    return await look(new ListedTree(root, listing, lines => reader.ask(lines)));
  } finally {
    await reader.dispose();
  }
}
