import type { FileCounts, FileStatus } from '../../contract';
import { FILE_STATUSES } from '../../contract';
import { statusClass } from './status';
import type { IStatusLook } from './status';

/** The looks of all statuses. */
export type Looks = Record<FileStatus, IStatusLook>;

/** The drawing of a status; its word stands beside it. */
export function StatusIcon({
  status,
  looks
}: {
  readonly status: FileStatus;
  readonly looks: Looks;
}) {
  return (
    <svg
      className={`jp-hepbatch-StatusIcon ${statusClass(status)}`}
      viewBox="0 0 12 12"
      aria-hidden="true"
    >
      <path d={looks[status].path} />
    </svg>
  );
}

/** Drawing and word of a status. */
export function StatusMark({
  status,
  looks
}: {
  readonly status: FileStatus;
  readonly looks: Looks;
}) {
  return (
    <span className="jp-hepbatch-StatusMark">
      <StatusIcon status={status} looks={looks} />
      {looks[status].label}
    </span>
  );
}

/** Counts in words: "12 complete, 3 missing". */
export function countsWords(files: FileCounts, looks: Looks): string {
  return FILE_STATUSES.filter(status => files[status] > 0)
    .map(status => `${files[status].toLocaleString()} ${looks[status].label}`)
    .join(', ');
}

/** A bar with a part for each status; even one file among many is to be seen. */
export function StatusBar({ files, looks }: { readonly files: FileCounts; readonly looks: Looks }) {
  const words = countsWords(files, looks);
  return (
    <div className="jp-hepbatch-StatusBar" role="img" aria-label={words} title={words}>
      {FILE_STATUSES.filter(status => files[status] > 0).map(status => (
        <span key={status} className={statusClass(status)} style={{ flexGrow: files[status] }} />
      ))}
    </div>
  );
}
