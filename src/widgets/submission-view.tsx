import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type {
  JobState,
  Submission,
  SubmissionDataset,
  SubmissionPreview,
  SubmissionRequest
} from '../contract';
import { FailureView } from '../lab/failure';
import { useSignal } from '../lab/redraw';
import { JobBar } from '../lab/submissions/job-bar';
import { countsWords, nameOf, stateWord } from '../lab/submissions/words';
import { Head, Verb } from './cell-parts';
import type { CellSubmission } from './cell-submission';

/** What the view of a submission is drawn from. */
export interface ISubmissionCellProps {
  readonly model: CellSubmission;
  readonly trans: TranslationBundle;
}

/** A submission in a cell: a small form before it is submitted, then its progress and its verbs. */
export class SubmissionCell extends ReactWidget {
  constructor(private readonly _props: ISubmissionCellProps) {
    super();
    this.addClass('jp-hepbatch');
    this.addClass('jp-hepbatch-CellBox');
    this.addClass('jp-hepbatch-SubmissionCell');
  }

  protected override render() {
    return <Cell {...this._props} />;
  }
}

function Cell(props: ISubmissionCellProps) {
  const { model, trans } = props;
  useSignal(model.stateChanged);
  const { submission, request, failure } = model;
  return (
    <>
      {submission !== null ? (
        <Submitted {...props} submission={submission} />
      ) : request !== null ? (
        <Form {...props} request={request} />
      ) : (
        failure === null && <p className="jp-hepbatch-Hint">{trans.__('Asking the kernel…')}</p>
      )}
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('It could not be done')} trans={trans} />
      )}
    </>
  );
}

function Form(props: ISubmissionCellProps & { readonly request: SubmissionRequest }) {
  const { model, request, trans } = props;
  const { preview } = model;
  const isRefused = preview?.problems.some(({ level }) => level === 'refused') ?? false;
  return (
    <>
      <Head
        name={trans.__('New submission')}
        word={trans.__('not submitted')}
        state="ready"
        summary={trans.__('on %1', request.connection)}
      />
      <label className="jp-hepbatch-SubmissionCell-toggle">
        <input
          type="checkbox"
          checked={request.clusterPerSample}
          disabled={model.isBusy}
          onChange={({ currentTarget }) =>
            model.change({ clusterPerSample: currentTarget.checked })
          }
        />
        {trans.__('One cluster of jobs for each sample (cluster_per_sample)')}
      </label>
      <div className="jp-hepbatch-Item-actions">
        <Verb label={trans.__('Preview')} model={model} act={() => model.look()} />
        {!isRefused && <Verb label={trans.__('Submit')} model={model} act={() => model.submit()} />}
      </div>
      {preview !== null && <Previewed preview={preview} trans={trans} />}
    </>
  );
}

function Previewed(props: {
  readonly preview: SubmissionPreview;
  readonly trans: TranslationBundle;
}) {
  const { preview, trans } = props;
  const { counts, problems, folder, files, total, commands, cwd } = preview;
  return (
    <section aria-label={trans.__('What would be written and run')}>
      <p>
        {[
          trans._n('%1 input file', '%1 input files', counts.files),
          trans._n('%1 job', '%1 jobs', counts.jobs),
          trans._n('%1 cluster', '%1 clusters', counts.clusters)
        ].join(', ')}
      </p>
      <p className="jp-hepbatch-Hint">{folder}</p>
      {problems.map(({ level, message, next }) => (
        <p key={message} className="jp-hepbatch-Cell-warning">
          {level === 'refused' ? `${trans.__('Refused')}: ` : ''}
          {message} {next}
        </p>
      ))}
      <pre tabIndex={0} aria-label={trans.__('Commands, in %1', cwd)}>
        {commands.map(({ argv, dataset }) => `${argv.join(' ')}  # ${dataset}`).join('\n')}
      </pre>
      {files.map(({ path, text }) => (
        <details key={path}>
          <summary>{path.slice(path.lastIndexOf('/') + 1)}</summary>
          <pre tabIndex={0} aria-label={path}>
            {text}
          </pre>
        </details>
      ))}
      {files.length < total && (
        <p className="jp-hepbatch-Hint">
          {trans._n('and %1 more file', 'and %1 more files', total - files.length)}
        </p>
      )}
    </section>
  );
}

function Submitted(props: ISubmissionCellProps & { readonly submission: Submission }) {
  const { model, submission, trans } = props;
  const { state, connection, counts, jobs, datasets, groups, can } = submission;
  const { failure, blind, warnings } = submission;
  const name = nameOf(submission);
  const again = (counts.held ?? 0) + (counts.failed ?? 0);
  const left = (counts.pending ?? 0) + (counts.running ?? 0) + (counts.held ?? 0);
  const said = [failure, blind].flatMap(one => (one === null ? [] : [one.message, one.data.next]));
  const of = (states: JobState[]) => ({ kind: 'states', states, dataset: null }) as const;
  return (
    <>
      <Head
        name={name}
        word={stateWord(state, trans)}
        state={state}
        summary={trans._n('%1 job on %2', '%1 jobs on %2', jobs, connection)}
      />
      {[...said, ...warnings].map(sentence => (
        <p key={sentence} className="jp-hepbatch-Cell-warning">
          {sentence}
        </p>
      ))}
      {datasets.length > 0 && (
        <ul className="jp-hepbatch-SubmissionCell-datasets" aria-label={trans.__('Datasets')}>
          {datasets.map(one => (
            <Dataset key={one.dataset} {...one} trans={trans} />
          ))}
        </ul>
      )}
      {groups.map(group => (
        <p
          key={`${group.state} ${group.words}`}
          className="jp-hepbatch-Cell-warning"
          title={group.advice ?? ''}
        >
          <strong>{countsWords({ [group.state]: group.jobs }, trans)}</strong>: {group.words}{' '}
          <span className="jp-hepbatch-Hint">
            {trans.__('such as %1.%2', group.cluster, String(group.proc))}
          </span>
        </p>
      ))}
      <div className="jp-hepbatch-Item-actions" role="group" aria-label={name}>
        {can.includes('retry') && again > 0 && model.child === null && (
          <Verb
            label={trans._n('Retry %1 job', 'Retry %1 jobs', again)}
            model={model}
            act={() => model.retry()}
          />
        )}
        {can.includes('hold') && (
          <Verb
            label={trans.__('Hold')}
            model={model}
            act={() => model.act('hold', of(['pending', 'running']))}
          />
        )}
        {can.includes('release') && (
          <Verb
            label={trans.__('Release')}
            model={model}
            act={() => model.act('release', of(['held']))}
          />
        )}
        {can.includes('remove') && left > 0 && (
          <Verb
            label={trans._n('Remove %1 job', 'Remove %1 jobs', left)}
            model={model}
            act={() => model.act('remove', { kind: 'all' })}
          />
        )}
      </div>
      {model.child !== null && (
        <p className="jp-hepbatch-Hint">
          {trans.__('What failed runs again: hepbatch.submissions()["%1"]', nameOf(model.child))}
        </p>
      )}
    </>
  );
}

function Dataset(props: SubmissionDataset & { readonly trans: TranslationBundle }) {
  const { dataset, counts, alike, trans } = props;
  return (
    <li>
      <span>{dataset}</span>
      <JobBar counts={counts} of={dataset} trans={trans} />
      <span className="jp-hepbatch-Hint">{countsWords(counts, trans)}</span>
      {alike !== null && <span>{trans.__('All fail alike: %1', alike)}</span>}
    </li>
  );
}
