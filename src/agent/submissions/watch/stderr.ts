/** What the stderr of jobs that failed says, of many in one command. */
import type { IHost } from '../../connections/hosts/host';
import { lastWords } from './exception';
import { readParts } from './file-parts';
import { alikeKey } from './groups';
import { logPath } from './paths';
import type { IWatchedSubmission } from './submission';
import type { JobTable } from './table';
import { unreadOf } from './unread';

/** A traceback and its exception fit in; what came before them tells less. */
const TAIL_BYTES = 8192;

/** A file that is not there for so long is not written any more. */
const LATE_SECONDS = 120;

/** Reads for one table. */
export class Stderr {
  /** Reads some more of those that were not read. Throws what keeps the host from answering. */
  async look(
    { plan, sent }: IWatchedSubmission,
    table: JobTable,
    host: IHost,
    nowSeconds: number,
    signal: AbortSignal
  ): Promise<void> {
    if (this._revision === table.revision) {
      return;
    }
    const { next, isMore } = unreadOf(table, alikeKey);
    const planned = new Map(plan.clusters.map(one => [one.name, one]));
    const ids = new Map(sent.map(({ name, cluster }) => [name, cluster]));
    const paths = next.map(({ cluster: name, row }) => {
      const [one, id] = [planned.get(name), ids.get(name) ?? null];
      return one === undefined || id === null
        ? null
        : logPath(one, 'error', plan.scheduler, id, row.proc);
    });
    const wanted = paths.filter(path => path !== null);
    const said = await readErrors(host, wanted, signal);
    let isLate = false;
    for (const [i, { cluster, row }] of next.entries()) {
      const error = said.get(paths[i] ?? '');
      if (error !== undefined || nowSeconds - (row.since ?? 0) > LATE_SECONDS) {
        table.put(cluster, { ...row, error: error ?? '' });
      } else {
        isLate = true;
      }
    }
    this._revision = isMore || isLate ? null : table.revision;
  }

  /** Where nothing was left to read. */
  private _revision: number | null = null;
}

/**
 * What the end of each file says in one line, by its path; files that are not there are left out.
 * Throws what keeps the host from answering.
 */
export async function readErrors(
  host: IHost,
  paths: readonly string[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, string>> {
  const texts = await readParts(host, 'tail', paths, TAIL_BYTES, signal);
  return new Map([...texts].map(([path, text]) => [path, lastWords(text)]));
}
