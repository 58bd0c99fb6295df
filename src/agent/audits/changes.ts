import type { Audit, AuditChanges, FileStatus } from '../../contract';
import type { Earlier } from './file-table';
import type { IResult } from './result';

/** What each file was in an answer: only problems are listed, in the datasets that were answered. */
export function earlierOf(result: IResult): Earlier {
  return new Map(
    result.datasets
      .filter(({ row }) => row.unknown === null)
      .map(({ row, problems }) => [
        row.dataset,
        new Map(problems.map(({ file, status }) => [file, status]))
      ])
  );
}

/** What differs between two answers; datasets that one of them could not answer are left out. */
export function changesBetween(before: Audit, old: IResult, result: IResult): AuditChanges {
  const changes: AuditChanges = { since: before.startedAt, mended: 0, broken: 0, changed: 0 };
  const earlier = earlierOf(old);
  for (const [dataset, now] of earlierOf(result)) {
    const then = earlier.get(dataset);
    if (!then) {
      continue;
    }
    for (const [file, status] of now) {
      const was: FileStatus | undefined = then.get(file);
      changes.broken += was === undefined ? 1 : 0;
      changes.changed += was !== undefined && was !== status ? 1 : 0;
    }
    for (const file of then.keys()) {
      changes.mended += now.has(file) ? 0 : 1;
    }
  }
  return changes;
}
