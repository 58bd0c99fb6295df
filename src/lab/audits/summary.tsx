import type { TranslationBundle } from '@jupyterlab/translation';
import { FILE_STATUSES } from '../../contract';
import type { Audit, AuditChanges, AuditSummary } from '../../contract';
import { allFiles, fineFiles } from './dataset-order';
import type { ReportModel } from './report-model';
import { statusClass, statusLooks } from './status';
import { StatusIcon } from './status-mark';

/** The answer in short; its counts are buttons that filter the files. */
export function Summary(props: {
  readonly model: ReportModel;
  readonly audit: Audit;
  readonly summary: AuditSummary;
  readonly trans: TranslationBundle;
}) {
  const { model, audit, summary, trans } = props;
  const { view } = model;
  const looks = statusLooks(trans);
  const filtered = view.statuses.size > 0 || view.isChangedOnly;
  return (
    <section className="jp-hepbatch-Summary" aria-label={trans.__('Summary')}>
      <Answer audit={audit} summary={summary} trans={trans} />
      <div
        className="jp-hepbatch-Chips"
        role="group"
        aria-label={trans.__('Show only files that are')}
      >
        <button
          type="button"
          className="jp-hepbatch-Chip"
          aria-pressed={!filtered}
          onClick={() => view.showAll()}
        >
          {trans.__('all')} <b>{allFiles(summary.files).toLocaleString()}</b>
        </button>
        {FILE_STATUSES.filter(status => summary.files[status] > 0 || view.statuses.has(status)).map(
          status => (
            <button
              key={status}
              type="button"
              className={`jp-hepbatch-Chip ${statusClass(status)}`}
              aria-pressed={view.statuses.has(status)}
              title={looks[status].hint}
              onClick={() => view.toggleStatus(status)}
            >
              <StatusIcon status={status} looks={looks} />
              {looks[status].label} <b>{summary.files[status].toLocaleString()}</b>
            </button>
          )
        )}
        {hasChanges(audit) && (
          <button
            type="button"
            className="jp-hepbatch-Chip"
            aria-pressed={view.isChangedOnly}
            onClick={() => view.toggleChangedOnly()}
          >
            {trans.__('changed only')}
          </button>
        )}
      </div>
      <Notes audit={audit} trans={trans} />
    </section>
  );
}

function Answer(props: {
  readonly audit: Audit;
  readonly summary: AuditSummary;
  readonly trans: TranslationBundle;
}) {
  const { audit, summary, trans } = props;
  const { files, events, resubmit, unknownDatasets, stale } = summary;
  const all = allFiles(files);
  const done = audit.state === 'done';
  const nothing = done && resubmit === 0 && unknownDatasets === 0 && fineFiles(files) === all;
  const found = events.found.toLocaleString();
  return (
    <div className="jp-hepbatch-Answer">
      {nothing ? (
        <strong className={statusClass('complete')}>
          {all === 0
            ? trans.__('The samples JSON names no files.')
            : trans._n(
                'The file is complete.',
                'All %2 files are complete.',
                all,
                all.toLocaleString()
              )}
        </strong>
      ) : (
        <strong>
          {trans.__(
            '%1 of %2 files to process again',
            resubmit.toLocaleString(),
            all.toLocaleString()
          )}
        </strong>
      )}
      <span>
        {events.expected === null
          ? trans.__('%1 events found; how many are expected is not known', found)
          : trans.__('%1 of %2 events found', found, events.expected.toLocaleString())}
      </span>
      {unknownDatasets > 0 && (
        <span className={statusClass('missing')}>
          {trans._n(
            '%1 dataset could not be answered',
            '%1 datasets could not be answered',
            unknownDatasets
          )}
        </span>
      )}
      {stale > 0 && (
        <span>
          {trans._n(
            '%2 stale chunk to remove before',
            '%2 stale chunks to remove before',
            stale,
            stale.toLocaleString()
          )}
        </span>
      )}
      {audit.changes !== null && done && <span>{changesWords(audit.changes, trans)}</span>}
    </div>
  );
}

/** While it runs, the comparison with last time is between an answer and a part of one. */
function hasChanges({ changes, state }: Audit): boolean {
  return (
    changes !== null && state !== 'running' && changes.mended + changes.broken + changes.changed > 0
  );
}

function changesWords(changes: AuditChanges, trans: TranslationBundle): string {
  const { mended, broken, changed } = changes;
  if (mended + broken + changed === 0) {
    return trans.__('Nothing changed since last time');
  }
  const parts = [
    ...(mended > 0 ? [trans.__('%1 mended', mended.toLocaleString())] : []),
    ...(broken > 0
      ? [trans._n('%2 new problem', '%2 new problems', broken, broken.toLocaleString())]
      : []),
    ...(changed > 0 ? [trans.__('%1 with another status', changed.toLocaleString())] : [])
  ];
  return trans.__('Since last time: %1', parts.join(', '));
}

function Notes({ audit, trans }: { readonly audit: Audit; readonly trans: TranslationBundle }) {
  if (audit.notes.length === 0) {
    return null;
  }
  return (
    <details className="jp-hepbatch-Notes" open={audit.notes.length <= 3}>
      <summary>{trans._n('%1 note', '%1 notes', audit.notes.length)}</summary>
      <ul>
        {audit.notes.map(note => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}
