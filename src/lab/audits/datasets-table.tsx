import { useMemo } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { DatasetRow } from '../../contract';
import { Search } from '../search';
import type { IColumn } from '../table/header';
import { Table } from '../table/table';
import { doneShare } from './dataset-order';
import type { DatasetKey } from './dataset-order';
import type { ReportModel } from './report-model';
import { RowCountsView } from './row-counts';
import { statusLooks } from './status';
import { StatusBar, StatusIcon } from './status-mark';

const KEYS: Readonly<Record<string, DatasetKey>> = {
  dataset: 'dataset',
  inputs: 'inputs',
  resubmit: 'resubmit',
  found: 'found',
  expected: 'expected',
  done: 'done'
};

/** The datasets: what is there of each, and which are selected. */
export function DatasetsPart(props: {
  readonly model: ReportModel;
  readonly run: (action: Promise<void>) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, run, trans } = props;
  const { view, shownDatasets, datasets } = model;
  const columns = useMemo(() => datasetColumns(model, trans), [model, trans]);
  const selected = view.selected.size;
  const only = selected === 1 ? [...view.selected][0] : undefined;
  return (
    <section className="jp-hepbatch-Datasets" aria-label={trans.__('Datasets')}>
      <div className="jp-hepbatch-Part-bar">
        <h3>{trans.__('Datasets')}</h3>
        <Search
          label={trans.__('Search datasets')}
          value={view.text}
          onSearch={text => view.search(text)}
        />
        <span className="jp-hepbatch-Hint" role="status">
          {selected > 0
            ? trans.__('%1 of %2 selected', selected, datasets.length)
            : shownDatasets.length < datasets.length
              ? trans.__('%1 of %2 shown', shownDatasets.length, datasets.length)
              : ''}
        </span>
        {only !== undefined && !model.rowCounts.has(only) && (
          <button
            type="button"
            className="jp-hepbatch-Link"
            title={trans.__('Reads the footers of the parquet files of this dataset.')}
            onClick={() => run(model.countRows(only))}
          >
            {trans.__('Count rows')}
          </button>
        )}
        {selected > 0 && (
          <button type="button" className="jp-hepbatch-Link" onClick={() => view.selectNone()}>
            {trans.__('Select none')}
          </button>
        )}
      </div>
      {only !== undefined && <RowCountsView asked={model.rowCounts.get(only)} trans={trans} />}
      <Table
        label={trans.__('Datasets')}
        minWidth={700}
        total={shownDatasets.length}
        row={index => shownDatasets[index]}
        columns={columns}
        isSelected={row => view.selected.has(row.dataset)}
        onSelect={(index, how) => view.select(shownDatasets, index, how)}
        multiple
        sort={{ key: view.key, descending: view.descending }}
        onSort={key => view.sort(KEYS[key] ?? 'json')}
        empty={
          datasets.length === 0
            ? trans.__('No datasets yet.')
            : trans.__('No dataset fits the search and the filter.')
        }
      />
    </section>
  );
}

function datasetColumns(
  model: ReportModel,
  trans: TranslationBundle
): ReadonlyArray<IColumn<DatasetRow>> {
  const looks = statusLooks(trans);
  const count = (value: number | null) => (value === null ? '–' : value.toLocaleString());
  return [
    {
      key: 'select',
      title: '',
      width: '26px',
      cell: row => (
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={trans.__('Select %1', row.dataset)}
          checked={model.view.selected.has(row.dataset)}
          onChange={() => undefined}
          onClick={event => {
            event.stopPropagation();
            const rows = model.shownDatasets;
            model.view.select(rows, rows.indexOf(row), event.shiftKey ? 'range' : 'add');
          }}
        />
      )
    },
    {
      key: 'dataset',
      title: trans.__('Dataset'),
      width: 'minmax(120px, 3fr)',
      isSortable: true,
      cell: row => row.dataset,
      tip: row =>
        row.variations.length === 0
          ? row.dataset
          : trans.__('%1\nVariations: %2', row.dataset, row.variations.join(', '))
    },
    {
      key: 'status',
      title: trans.__('Status'),
      width: 'minmax(80px, 2fr)',
      cell: row =>
        row.unknown === null ? (
          <StatusBar files={row.files} looks={looks} />
        ) : (
          <span className="jp-hepbatch-StatusMark">
            <StatusIcon status="not-in-catalogue" looks={looks} />
            {trans.__('unknown: %1', row.unknown)}
          </span>
        ),
      tip: row => row.unknown ?? ''
    },
    {
      key: 'done',
      title: trans.__('Done'),
      width: '66px',
      isNumber: true,
      isSortable: true,
      cell: row => (row.unknown === null ? percent(doneShare(row)) : '–')
    },
    {
      key: 'inputs',
      title: trans.__('Files'),
      width: '72px',
      isNumber: true,
      isSortable: true,
      cell: row => count(row.inputs)
    },
    {
      key: 'resubmit',
      title: trans.__('Resubmit'),
      width: '84px',
      isNumber: true,
      isSortable: true,
      cell: row => count(row.resubmit)
    },
    {
      key: 'found',
      title: trans.__('Events found'),
      width: '112px',
      isNumber: true,
      isSortable: true,
      cell: row => count(row.events.found)
    },
    {
      key: 'expected',
      title: trans.__('Expected'),
      width: '104px',
      isNumber: true,
      isSortable: true,
      cell: row => count(row.events.expected)
    }
  ];
}

/** A share in per cent; 100 only where nothing is left. */
export function percent(share: number | null): string {
  if (share === null) {
    return '–';
  }
  return share === 1 ? '100 %' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
