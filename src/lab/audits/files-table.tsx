import { useCallback, useMemo } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FileRow } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Search } from '../search';
import type { IColumn } from '../table/header';
import { Table } from '../table/table';
import { FileDetail } from './file-detail';
import { MissingStrip } from './chunk-strip';
import type { ReportModel } from './report-model';
import type { FileKey } from './report-view';
import { statusLooks } from './status';
import { StatusMark } from './status-mark';

const KEYS: Readonly<Record<string, FileKey>> = {
  file: 'file',
  status: 'status',
  expected: 'expected',
  found: 'found',
  chunks: 'chunks'
};

/** The input files that the filter leaves, and the one that is looked at. */
export function FilesPart(props: {
  readonly model: ReportModel;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, copy, trans } = props;
  const { files, view } = model;
  useSignal(files.changed);
  const columns = useMemo(() => fileColumns(trans), [trans]);
  const onWindow = useCallback((first: number, count: number) => files.want(first, count), [files]);
  const empty =
    files.total === null
      ? trans.__('Reading…')
      : trans.__('No file fits the selection, the filter and the search.');
  return (
    <div className="jp-hepbatch-Files">
      <div className="jp-hepbatch-Files-list">
        <div className="jp-hepbatch-Part-bar">
          <Search
            label={trans.__('Search files')}
            value={view.fileText}
            onSearch={text => view.searchFiles(text)}
          />
        </div>
        {files.failure === null ? (
          <Table
            label={trans.__('Input files')}
            minWidth={880}
            total={files.total ?? 0}
            row={index => files.row(index)}
            columns={columns}
            isSelected={row => row.file === view.file?.file && row.dataset === view.file.dataset}
            onSelect={index => void model.look(files.row(index) ?? null)}
            sort={{ key: view.fileKey, descending: view.fileDescending }}
            onSort={key => view.sortFiles(KEYS[key] ?? 'json')}
            onWindow={onWindow}
            empty={empty}
          />
        ) : (
          <FailureView
            failure={files.failure}
            title={trans.__('The files could not be read')}
            trans={trans}
            onRetry={() => files.renew()}
          />
        )}
      </div>
      {view.file !== null && (
        <FileDetail model={model} file={view.file} copy={copy} trans={trans} />
      )}
    </div>
  );
}

function fileColumns(trans: TranslationBundle): ReadonlyArray<IColumn<FileRow>> {
  const looks = statusLooks(trans);
  return [
    {
      key: 'status',
      title: trans.__('Status'),
      width: '140px',
      isSortable: true,
      cell: row => <StatusMark status={row.status} looks={looks} />,
      tip: row =>
        row.was === null
          ? looks[row.status].hint
          : trans.__('%1 Last time: %2.', looks[row.status].hint, looks[row.was].label)
    },
    {
      key: 'file',
      title: trans.__('File'),
      width: 'minmax(240px, 4fr)',
      isSortable: true,
      // The end of the address tells files apart: it is the part that stays in sight.
      cell: row => (
        <span className="jp-hepbatch-Path">
          <bdi>{row.file}</bdi>
        </span>
      ),
      tip: row => trans.__('%1\nDataset: %2', row.file, row.dataset)
    },
    {
      key: 'strip',
      title: trans.__('Coverage'),
      width: 'minmax(84px, 1fr)',
      cell: row => <MissingStrip row={row} trans={trans} />
    },
    {
      key: 'found',
      title: trans.__('Found'),
      width: '96px',
      isNumber: true,
      isSortable: true,
      cell: row => row.found.toLocaleString()
    },
    {
      key: 'expected',
      title: trans.__('Expected'),
      width: '96px',
      isNumber: true,
      isSortable: true,
      cell: row => row.expected?.toLocaleString() ?? '–'
    },
    {
      key: 'chunks',
      title: trans.__('Chunks'),
      width: '68px',
      isNumber: true,
      isSortable: true,
      cell: row => row.chunks.toLocaleString()
    },
    {
      key: 'reason',
      title: trans.__('Reason'),
      width: 'minmax(140px, 3fr)',
      cell: row => row.reason,
      tip: row => row.reason
    }
  ];
}
