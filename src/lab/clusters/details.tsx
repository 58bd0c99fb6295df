import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClusterJob, ClusterWorker } from '../../contract';
import { bytesWords, toFailure } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { showFailure } from '../show-failure';
import type { IColumn } from '../table/header';
import type { Pages } from '../table/pages';
import { Table } from '../table/table';
import type { DetailsModel } from './details-model';

/** The workers of a cluster, and the batch jobs behind them. */
export function DetailsView(props: {
  readonly model: DetailsModel;
  /** Null where dashboards cannot be shown. */
  readonly openDashboard: ((dashboard: string) => void) | null;
  readonly trans: TranslationBundle;
}) {
  const { model, openDashboard, trans } = props;
  useSignal(model.stateChanged);
  const [job, setJob] = useState<ClusterJob | null>(null);
  const { cluster } = model;
  const hasJobs = cluster !== null && cluster.backend !== 'dask-local';
  return (
    <div className="jp-hepbatch-ClusterDetails">
      <h3>{trans.__('Workers')}</h3>
      <PagedTable
        label={trans.__('Workers')}
        pages={model.workers}
        columns={workerColumns(
          trans,
          hasJobs,
          openDashboard &&
            (address => void model.dashboardOf(address).then(openDashboard, showFailure))
        )}
        isSelected={() => false}
        onSelect={() => undefined}
        empty={trans.__('No worker has joined.')}
        minWidth={760}
        trans={trans}
      />
      {hasJobs && (
        <>
          <h3>{trans.__('Batch jobs')}</h3>
          <PagedTable
            label={trans.__('Batch jobs')}
            pages={model.jobs}
            columns={jobColumns(trans)}
            isSelected={row => row.id === job?.id}
            onSelect={setJob}
            empty={trans.__('There is no batch job.')}
            minWidth={760}
            trans={trans}
          />
          {job !== null && <Explained key={job.id} model={model} job={job} trans={trans} />}
        </>
      )}
    </div>
  );
}

function PagedTable<R>(props: {
  readonly label: string;
  readonly pages: Pages<R>;
  readonly columns: ReadonlyArray<IColumn<R>>;
  readonly isSelected: (row: R) => boolean;
  readonly onSelect: (row: R) => void;
  readonly empty: ReactNode;
  readonly minWidth: number;
  readonly trans: TranslationBundle;
}) {
  const { label, pages, columns, isSelected, onSelect, empty, minWidth, trans } = props;
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
    <Table
      label={label}
      minWidth={minWidth}
      total={pages.total ?? 0}
      row={index => pages.row(index)}
      columns={columns}
      isSelected={isSelected}
      onSelect={index => {
        const row = pages.row(index);
        if (row !== undefined) {
          onSelect(row);
        }
      }}
      onWindow={onWindow}
      empty={pages.total === null ? trans.__('Reading…') : empty}
    />
  );
}

/** What the batch system itself says of a job, asked for when somebody wants to know. */
function Explained(props: {
  readonly model: DetailsModel;
  readonly job: ClusterJob;
  readonly trans: TranslationBundle;
}) {
  const { model, job, trans } = props;
  const [text, setText] = useState<string | null>(null);
  const ask = () => {
    setText(trans.__('Asking…'));
    model.explain(job.id).then(setText, (error: unknown) => {
      const { message, data } = toFailure(error);
      setText(`${message}\n${data.next}`);
    });
  };
  return (
    <div className="jp-hepbatch-Explained">
      <div className="jp-hepbatch-Part-bar">
        <strong>{trans.__('Job %1: %2', job.id, job.native)}</strong>
        {job.reason !== null && <span>{job.reason}</span>}
        <button type="button" className="jp-hepbatch-Link" onClick={ask}>
          {trans.__('What does the batch system say?')}
        </button>
      </div>
      {text !== null && (
        <pre tabIndex={0} aria-label={trans.__('Words of the batch system')}>
          {text}
        </pre>
      )}
    </div>
  );
}

function workerColumns(
  trans: TranslationBundle,
  hasJobs: boolean,
  openDashboard: ((address: string) => void) | null
): ReadonlyArray<IColumn<ClusterWorker>> {
  return [
    {
      key: 'name',
      title: trans.__('Name'),
      width: 'minmax(120px, 2fr)',
      cell: row => row.name,
      tip: row => row.address
    },
    {
      key: 'host',
      title: trans.__('Host'),
      width: 'minmax(100px, 1fr)',
      cell: row => row.host,
      tip: row => row.host
    },
    { key: 'status', title: trans.__('State'), width: '90px', cell: row => row.status },
    {
      key: 'threads',
      title: trans.__('Threads'),
      width: '70px',
      isNumber: true,
      cell: row => row.threads
    },
    {
      key: 'tasks',
      title: trans.__('Tasks'),
      width: '70px',
      isNumber: true,
      cell: row => row.tasks
    },
    {
      key: 'memory',
      title: trans.__('Memory'),
      width: '160px',
      isNumber: true,
      cell: ({ memoryBytes, memoryLimitBytes }) =>
        [memoryBytes, memoryLimitBytes]
          .map(bytes => (bytes === null ? '–' : bytesWords(bytes)))
          .join(' / ')
    },
    ...(hasJobs
      ? [
          {
            key: 'job',
            title: trans.__('Job'),
            width: '90px',
            cell: (row: ClusterWorker) => row.job ?? '–'
          }
        ]
      : []),
    ...(openDashboard === null
      ? []
      : [
          {
            key: 'dashboard',
            title: trans.__('Dashboard'),
            width: '90px',
            cell: (row: ClusterWorker) =>
              row.dashboard && (
                <button
                  type="button"
                  className="jp-hepbatch-Link"
                  aria-label={trans.__('Dashboard of %1', row.name)}
                  onClick={() => openDashboard(row.address)}
                >
                  {trans.__('Open')}
                </button>
              )
          }
        ])
  ];
}

function jobColumns(trans: TranslationBundle): ReadonlyArray<IColumn<ClusterJob>> {
  const time = (at: string | null) => (at === null ? '–' : new Date(at).toLocaleTimeString());
  const states: Record<ClusterJob['state'], string> = {
    pending: trans.__('pending'),
    running: trans.__('running'),
    held: trans.__('held'),
    succeeded: trans.__('succeeded'),
    failed: trans.__('failed'),
    removed: trans.__('removed'),
    unknown: trans.__('unknown')
  };
  return [
    { key: 'id', title: trans.__('Job'), width: '100px', cell: row => row.id },
    {
      key: 'state',
      title: trans.__('State'),
      width: '90px',
      cell: row => states[row.state],
      tip: row => row.native
    },
    {
      key: 'reason',
      title: trans.__('Reason'),
      width: 'minmax(160px, 3fr)',
      cell: row => row.reason ?? '',
      tip: row => row.reason ?? ''
    },
    {
      key: 'host',
      title: trans.__('Host'),
      width: 'minmax(100px, 1fr)',
      cell: row => row.host ?? '–'
    },
    {
      key: 'submitted',
      title: trans.__('Submitted'),
      width: '90px',
      cell: row => time(row.submittedAt)
    },
    { key: 'started', title: trans.__('Started'), width: '90px', cell: row => time(row.startedAt) },
    {
      key: 'memory',
      title: trans.__('Memory'),
      width: '90px',
      isNumber: true,
      cell: row => (row.memoryBytes === null ? '–' : bytesWords(row.memoryBytes))
    },
    {
      key: 'worker',
      title: trans.__('Worker'),
      width: 'minmax(100px, 1fr)',
      cell: row => row.worker ?? '–'
    }
  ];
}
