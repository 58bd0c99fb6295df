/** Jobs that wait, are held or failed for one reason, and datasets that only fail: pure. */
import type { SubmissionDataset, SubmissionGroup } from '../../../contract';
import type { IPlannedCluster } from '../plan';
import type { IWatchedRow } from './row';
import type { JobTable } from './table';
import { endOf, hasFailed, hasOwnReason, wordsOf } from './words';
import type { IWords } from './words';

/** Told of one submission. */
const GROUPS = 20;

/** So many jobs of a dataset that ended tell whether it goes on like that. */
const FIRST = 20;

/** So many that ended alike tell what the stderr of another one would say. */
const ENOUGH = 3;

/** What jobs have in common whose end the scheduler tells in the same numbers. */
export function signatureOf(dataset: string, row: IWatchedRow): string {
  const { code, subcode } = row.hold ?? { code: null, subcode: null };
  return `${dataset}\n${row.state} ${code} ${subcode} ${endOf(row)}`;
}

/**
 * What stderr says, by signature, where all jobs of it that were looked at say the same. Of many that
 * ended alike only some are read.
 */
export class Errors {
  constructor(table: JobTable) {
    const split = new Set<string>();
    for (const { dataset, row } of table.all()) {
      if (row.error === null || !hasOwnReason(row)) {
        continue;
      }
      const signature = signatureOf(dataset, row);
      const key = alikeKey(row.error);
      const known = this._bySignature.get(signature);
      if (known === undefined) {
        this._bySignature.set(signature, { key, error: row.error, read: 1 });
      } else if (known.key !== key) {
        split.add(signature);
      } else {
        known.read += 1;
      }
    }
    for (const signature of split) {
      this._bySignature.delete(signature);
    }
  }

  /** What its own stderr says, or that of those that ended as it did; null where nobody knows. */
  of(dataset: string, row: IWatchedRow): string | null {
    if (row.error !== null || !hasOwnReason(row)) {
      return row.error;
    }
    const known = this._bySignature.get(signatureOf(dataset, row));
    return known !== undefined && known.read >= ENOUGH ? known.error : null;
  }

  private readonly _bySignature = new Map<
    string,
    { readonly key: string; readonly error: string; read: number }
  >();
}

/** The largest groups first; of each the first job in the order of clusters. */
export function groupsOf(table: JobTable, errors = new Errors(table)): SubmissionGroup[] {
  const groups = new Map<string, SubmissionGroup>();
  for (const { key, words, cluster, row } of grouped(table, errors)) {
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { state: row.state, ...words, jobs: 1, cluster, proc: row.proc });
    } else {
      known.jobs += 1;
    }
  }
  return [...groups.values()].sort((a, b) => b.jobs - a.jobs).slice(0, GROUPS);
}

/** The jobs that are as they are for the same reason as one of them, by cluster; none: it has no reason. */
export function jobsLike(
  table: JobTable,
  { cluster, proc }: { readonly cluster: string; readonly proc: number },
  errors = new Errors(table)
): { cluster: string; procs: number[] }[] {
  const all = [...grouped(table, errors)];
  const key = all.find(one => one.cluster === cluster && one.row.proc === proc)?.key;
  const procs = new Map<string, number[]>();
  for (const one of all.filter(other => other.key === key)) {
    const numbers = procs.get(one.cluster) ?? [];
    procs.set(one.cluster, numbers);
    numbers.push(one.row.proc);
  }
  return [...procs].map(([name, numbers]) => ({ cluster: name, procs: numbers }));
}

/** Each job that has a reason to be looked at, with what it has in common with others. */
function* grouped(table: JobTable, errors: Errors) {
  for (const { cluster, dataset, row } of table.all()) {
    if (row.state === 'running' || row.state === 'succeeded') {
      continue;
    }
    const words = wordsOf(row, errors.of(dataset, row));
    if (words !== null) {
      yield { key: `${row.state}\n${alikeKey(words.words)}`, words, cluster, row };
    }
  }
}

/**
 * For each dataset the words of its first jobs that ended, where all of them failed with the same; null
 * where one did not, or too few ended.
 */
export function alikeOf(table: JobTable, errors = new Errors(table)): ReadonlyMap<string, string> {
  const ended = new Map<string, IWatchedRow[]>();
  for (const { dataset, row } of table.all()) {
    if (row.state === 'succeeded' || hasFailed(row)) {
      const rows = ended.get(dataset) ?? [];
      rows.push(row);
      ended.set(dataset, rows);
    }
  }
  const alike = new Map<string, string>();
  for (const [dataset, rows] of ended) {
    if (rows.length < FIRST) {
      continue;
    }
    const first = rows.sort((a, b) => (a.since ?? 0) - (b.since ?? 0)).slice(0, FIRST);
    const words: (IWords | null)[] = first.map(row =>
      hasFailed(row) ? wordsOf(row, errors.of(dataset, row)) : null
    );
    const keys = new Set(words.map(one => (one === null ? null : alikeKey(one.words))));
    const [one] = words;
    if (keys.size === 1 && one !== null && one !== undefined) {
      alike.set(dataset, one.words);
    }
  }
  return alike;
}

/** The datasets of a plan with the counts of their jobs, in the order of the plan. */
export function datasetsOf(
  clusters: readonly Pick<IPlannedCluster, 'dataset' | 'jobs'>[],
  table: JobTable,
  alike: ReadonlyMap<string, string>
): SubmissionDataset[] {
  const datasets = new Map<string, { jobs: number; files: number }>();
  for (const { dataset, jobs } of clusters) {
    const known = datasets.get(dataset) ?? { jobs: 0, files: 0 };
    datasets.set(dataset, known);
    known.jobs += jobs.length;
    known.files += jobs.reduce((sum, { files }) => sum + files.length, 0);
  }
  return [...datasets].map(([dataset, { jobs, files }]) => ({
    ...{ dataset, jobs, files },
    counts: table.counts(dataset),
    alike: alike.get(dataset) ?? null
  }));
}

/** Words without what differs from job to job: numbers, paths, addresses in memory. */
export function alikeKey(words: string): string {
  return words
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s'",;)\]}>]+/gi, '~')
    .replace(/(?<![\w.])\.{0,2}(?:\/[^\s'",:;()[\]{}<>]+)+/g, '~')
    .replace(/\b[\w-]+\.(?:root|json|parquet|txt|log|py)\b/g, '~')
    .replace(/\b0x[0-9a-f]+\b/gi, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#');
}
