import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowCounts } from '../../contract';
import type { Asked } from './report-model';

/** What the footers of a dataset say, once they were asked for. */
export function RowCountsView(props: {
  readonly asked: Asked<RowCounts> | undefined;
  readonly trans: TranslationBundle;
}) {
  const { asked, trans } = props;
  if (asked === undefined) {
    return null;
  }
  if (asked === null) {
    return (
      <p className="jp-hepbatch-Hint" role="status">
        {trans.__('Counting rows…')}
      </p>
    );
  }
  if ('failure' in asked) {
    return (
      <p className="jp-hepbatch-Hint" role="alert">
        {asked.failure.message} {asked.failure.data.next}
      </p>
    );
  }
  const { chunks, rows, empty, withSumGenw, withoutSumGenw, unreadable } = asked.answer;
  return (
    <p className="jp-hepbatch-Hint" role="status">
      {trans.__(
        '%1 rows in %2 chunks, %3 of them without rows; sum_genw_presel in %4.',
        rows.toLocaleString(),
        chunks.toLocaleString(),
        empty.toLocaleString(),
        withSumGenw.toLocaleString()
      )}{' '}
      {withSumGenw > 0 && withoutSumGenw.length > 0 && (
        <span title={withoutSumGenw.join('\n')}>
          {trans.__('Without it: %1.', short(withoutSumGenw))}{' '}
        </span>
      )}
      {unreadable.length > 0 && (
        <span title={unreadable.join('\n')}>{trans.__('Unreadable: %1.', short(unreadable))}</span>
      )}
    </p>
  );
}

function short(names: readonly string[]): string {
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
}
