import { useMemo } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobState, Submission, SubmissionJob } from '../../contract';
import { spanWords } from '../connections/words';
import { Search } from '../search';
import type { IColumn } from '../table/header';
import { Table } from '../table/table';
import { JobStateMark, jobClass } from './job-bar';
import { jobKey } from './job-rows';
import type { JobKey } from './job-rows';
import { FITTING } from './monitor';
import type { IMonitorActions, MonitorVerb } from './monitor';
import type { MonitorModel } from './monitor-model';
import { JOB_STATES, jobStateWord, jobsWords } from './words';

const KEYS: Readonly<Record<string, JobKey>> = {
  job: 'job',
  dataset: 'dataset',
  state: 'state',
  exit: 'exit',
  wall: 'wall',
  memory: 'memory',
  starts: 'starts',
  node: 'node'
};

/** The jobs that the filter leaves, and the verbs on those that are selected. */
export function JobsTable(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, actions, trans } = props;
  const { shown, filter, selected, jobs } = model;
  const columns = useMemo(() => jobColumns(trans), [trans]);
  const isFiltered = filter.states.size > 0 || filter.dataset !== null || filter.text !== '';
  return (
    <div className="jp-hepbatch-Files-list">
      <div className="jp-hepbatch-Part-bar">
        <h3>{trans.__('Jobs')}</h3>
        <Search
          label={trans.__('Search jobs')}
          value={filter.text}
          onSearch={text => model.search(text)}
        />
        <span className="jp-hepbatch-Hint" role="status">
          {selected.size > 0
            ? trans.__('%1 selected', selected.size.toLocaleString())
            : trans.__(
                '%1 of %2 shown',
                shown.length.toLocaleString(),
                jobs.length.toLocaleString()
              )}
        </span>
        {selected.size > 0 && (
          <button type="button" className="jp-hepbatch-Link" onClick={() => model.selectNone()}>
            {trans.__('Select none')}
          </button>
        )}
      </div>
      <div
        className="jp-hepbatch-Chips"
        role="group"
        aria-label={trans.__('Show only jobs that are')}
      >
        <button
          type="button"
          className="jp-hepbatch-Chip"
          aria-pressed={!isFiltered}
          onClick={() => model.showAll()}
        >
          {trans.__('all')} <b>{submission.jobs.toLocaleString()}</b>
        </button>
        {JOB_STATES.filter(
          state => (submission.counts[state] ?? 0) > 0 || filter.states.has(state)
        ).map(state => (
          <button
            key={state}
            type="button"
            className="jp-hepbatch-Chip"
            aria-pressed={filter.states.has(state)}
            onClick={() => model.toggleState(state)}
          >
            <span className={`jp-hepbatch-JobDot ${jobClass(state)}`} aria-hidden="true" />
            {jobStateWord(state, trans)} <b>{(submission.counts[state] ?? 0).toLocaleString()}</b>
          </button>
        ))}
      </div>
      <Verbs model={model} submission={submission} actions={actions} trans={trans} />
      <Table
        label={trans.__('Jobs')}
        minWidth={860}
        total={shown.length}
        row={index => shown[index]}
        columns={columns}
        isSelected={job => selected.has(jobKey(job))}
        onSelect={(index, how) => model.select(index, how)}
        onSelectAll={() => model.selectAll()}
        multiple
        sort={{ key: filter.key, descending: filter.descending }}
        onSort={key => model.sort(KEYS[key] ?? 'job')}
        empty={
          jobs.length === 0
            ? trans.__('No job was seen yet.')
            : trans.__('No job fits the filter and the search.')
        }
      />
    </div>
  );
}

/** The verbs, each with how many of the chosen jobs it fits. */
function Verbs(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, actions, trans } = props;
  const { chosen } = model;
  const words: Record<MonitorVerb, string> = {
    retry: trans.__('Retry'),
    hold: trans.__('Hold'),
    release: trans.__('Release'),
    remove: trans.__('Remove')
  };
  const verbs: readonly MonitorVerb[] = ['retry', 'hold', 'release', 'remove'];
  const counts = useMemo(() => {
    const all = new Map<JobState, number>();
    chosen.forEach(({ state }) => all.set(state, (all.get(state) ?? 0) + 1));
    return all;
  }, [chosen]);
  const offered = verbs
    .filter(verb => submission.can.includes(verb))
    .map(verb => {
      const states: readonly JobState[] = FITTING[verb];
      return { verb, count: states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0) };
    })
    .filter(({ count }) => count > 0);
  const fitting = (verb: MonitorVerb) => {
    const states: readonly JobState[] = FITTING[verb];
    return chosen.filter(({ state }) => states.includes(state));
  };
  return offered.length === 0 ? null : (
    <div className="jp-hepbatch-Verbs" role="group" aria-label={trans.__('Do with these jobs')}>
      {offered.map(({ verb, count }) => (
        <button
          key={verb}
          type="button"
          className="jp-hepbatch-Button"
          onClick={() => actions.act(verb, fitting(verb))}
        >
          {trans.__('%1 %2…', words[verb], jobsWords(count, trans))}
        </button>
      ))}
    </div>
  );
}

function jobColumns(trans: TranslationBundle): ReadonlyArray<IColumn<SubmissionJob>> {
  return [
    {
      key: 'state',
      title: trans.__('State'),
      width: '110px',
      isSortable: true,
      cell: job => <JobStateMark state={job.state} trans={trans} />,
      tip: job => job.native
    },
    {
      key: 'job',
      title: trans.__('Job'),
      width: 'minmax(120px, 2fr)',
      isSortable: true,
      cell: job => `${job.cluster}.${job.proc}`,
      tip: job => `${job.cluster}.${job.proc}`
    },
    {
      key: 'dataset',
      title: trans.__('Sample'),
      width: 'minmax(100px, 2fr)',
      isSortable: true,
      cell: job => job.dataset,
      tip: job => job.dataset
    },
    {
      key: 'reason',
      title: trans.__('Reason'),
      width: 'minmax(140px, 4fr)',
      cell: job => job.reason ?? '',
      tip: job => job.reason ?? ''
    },
    {
      key: 'exit',
      title: trans.__('Exit'),
      width: '64px',
      isNumber: true,
      isSortable: true,
      cell: job =>
        job.exitSignal !== null ? trans.__('sig %1', job.exitSignal) : (job.exitCode ?? '–')
    },
    {
      key: 'wall',
      title: trans.__('Wall time'),
      width: '84px',
      isNumber: true,
      isSortable: true,
      cell: job => (job.wallSeconds === null ? '–' : spanWords(job.wallSeconds * 1000, trans))
    },
    {
      key: 'memory',
      title: trans.__('Memory'),
      width: '80px',
      isNumber: true,
      isSortable: true,
      cell: job =>
        job.memoryMb === null ? '–' : trans.__('%1 MB', Math.round(job.memoryMb).toLocaleString()),
      tip: job =>
        job.requestedMemoryMb === null
          ? ''
          : trans.__('%1 MB were asked for', Math.round(job.requestedMemoryMb).toLocaleString())
    },
    {
      key: 'starts',
      title: trans.__('Starts'),
      width: '60px',
      isNumber: true,
      isSortable: true,
      cell: job => job.starts ?? '–'
    },
    {
      key: 'node',
      title: trans.__('Node'),
      width: 'minmax(80px, 1fr)',
      isSortable: true,
      cell: job => job.node ?? '–',
      tip: job => job.node ?? ''
    }
  ];
}
