/** Which jobs' stderr is to be read next, of many that ended alike only some: pure. */
import { signatureOf } from './groups';
import type { IWatchedRow } from './row';
import type { JobTable } from './table';
import { hasOwnReason } from './words';

/** In one look. */
const AT_ONCE = 40;

/** Of those that ended in the same numbers, where all that were read say the same; and else. */
const ALIKE = 20;
const DIFFERENT = 500;

/** A job whose stderr has not been read. */
export interface IUnread {
  readonly cluster: string;
  readonly row: IWatchedRow;
}

/** The next ones, those of rare ends first, so that each kind of failure soon has its words. */
export function unreadOf(
  table: JobTable,
  keyOf: (error: string) => string
): { readonly next: readonly IUnread[]; readonly isMore: boolean } {
  const kinds = new Map<string, { read: number; keys: Set<string>; unread: IUnread[] }>();
  for (const { cluster, dataset, row } of table.all()) {
    if (!hasOwnReason(row)) {
      continue;
    }
    const signature = signatureOf(dataset, row);
    const kind = kinds.get(signature) ?? { read: 0, keys: new Set<string>(), unread: [] };
    kinds.set(signature, kind);
    if (row.error === null) {
      kind.unread.push({ cluster, row });
    } else {
      kind.read += 1;
      kind.keys.add(keyOf(row.error));
    }
  }
  const wanted = [...kinds.values()]
    .map(({ read, keys, unread }) => {
      const most = keys.size > 1 ? DIFFERENT : ALIKE;
      return { read, next: unread.slice(0, Math.max(0, most - read)) };
    })
    .sort((a, b) => a.read - b.read);
  // In turns, so that one kind with many jobs does not keep the others waiting.
  const next: IUnread[] = [];
  const longest = Math.max(0, ...wanted.map(kind => kind.next.length));
  for (let turn = 0; turn < longest && next.length < AT_ONCE; turn++) {
    next.push(...wanted.flatMap(kind => kind.next.slice(turn, turn + 1)));
  }
  const all = wanted.reduce((sum, kind) => sum + kind.next.length, 0);
  return { next: next.slice(0, AT_ONCE), isMore: all > AT_ONCE };
}
