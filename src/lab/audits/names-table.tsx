import { useCallback, useEffect } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import type { Pages } from '../table/pages';
import { Table } from '../table/table';

/** A long list of names, which can be copied. */
export function NamesPart(props: {
  readonly pages: Pages<string>;
  readonly label: string;
  readonly hint: string;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { pages, label, hint, copy, trans } = props;
  useSignal(pages.changed);
  useEffect(() => pages.want(0, 1), [pages]);
  const onWindow = useCallback((first: number, count: number) => pages.want(first, count), [pages]);
  if (pages.failure !== null) {
    return (
      <FailureView
        failure={pages.failure}
        title={trans.__('The list could not be read')}
        trans={trans}
        onRetry={() => pages.renew()}
      />
    );
  }
  return (
    <>
      <div className="jp-hepbatch-Part-bar">
        <span className="jp-hepbatch-Hint">{hint}</span>
        <button
          type="button"
          className="jp-hepbatch-Link"
          onClick={() => void pages.all().then(names => copy(names.join('\n')))}
        >
          {trans.__('Copy all names')}
        </button>
      </div>
      <Table
        label={label}
        total={pages.total ?? 0}
        row={index => pages.row(index)}
        columns={[
          {
            key: 'name',
            title: trans.__('Name'),
            width: '1fr',
            cell: name => name,
            tip: name => name
          }
        ]}
        isSelected={() => false}
        onSelect={() => undefined}
        onWindow={onWindow}
        empty={pages.total === null ? trans.__('Reading…') : trans.__('Nothing.')}
      />
    </>
  );
}
