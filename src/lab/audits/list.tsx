import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Audit } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { allFiles } from './dataset-order';
import type { AuditsModel } from './model';
import { outputsOf, samplesOf } from './place';
import { fraction, progressWords, stateWord, statusLooks, stem } from './status';
import { StatusBar } from './status-mark';
import { ago } from './times';

/** What can be done with an audit of the list. */
export interface IListActions {
  readonly create: () => void;
  readonly open: (id: string) => void;
  readonly cancel: (id: string) => void;
  readonly rerun: (id: string) => void;
  readonly remove: (id: string) => void;
}

/** The section of the sidebar: recent audits. */
export class AuditsList extends ReactWidget {
  constructor(private readonly _props: Parameters<typeof List>[0]) {
    super();
    this.addClass('jp-hepbatch-List');
  }

  protected override render() {
    return <List {...this._props} />;
  }
}

function List(props: {
  readonly model: AuditsModel;
  /** How many audits are shown. */
  readonly most: number;
  readonly actions: IListActions;
  readonly trans: TranslationBundle;
}) {
  const { model, actions, trans } = props;
  useSignal(model.stateChanged);
  if (model.failure !== null && !model.isLoaded) {
    return (
      <FailureView
        failure={model.failure}
        title={trans.__('The audits could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  if (!model.isLoaded) {
    return <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>;
  }
  if (model.audits.length === 0) {
    return (
      <div className="jp-hepbatch-Empty">
        <p>{trans.__('No audits yet.')}</p>
        <p className="jp-hepbatch-Hint">
          {trans.__(
            'An audit compares a samples JSON with the outputs on disk and tells what to process again.'
          )}
        </p>
        <button
          type="button"
          className="jp-hepbatch-Button jp-mod-primary"
          onClick={actions.create}
        >
          {trans.__('New audit…')}
        </button>
      </div>
    );
  }
  const { most } = props;
  const older = model.audits.length - most;
  return (
    <>
      <ul aria-label={trans.__('Recent audits')}>
        {model.audits.slice(0, most).map(audit => (
          <Item key={audit.id} audit={audit} actions={actions} trans={trans} />
        ))}
      </ul>
      {older > 0 && (
        <p className="jp-hepbatch-Hint">
          {trans._n('%1 older audit is not shown.', '%1 older audits are not shown.', older)}
        </p>
      )}
    </>
  );
}

function Item(props: {
  readonly audit: Audit;
  readonly actions: IListActions;
  readonly trans: TranslationBundle;
}) {
  const { audit, actions, trans } = props;
  const { id, request, state, summary, progress } = audit;
  const name = stem(request.samplesJson);
  const running = state === 'running';
  const part = fraction(progress);
  return (
    <li className="jp-hepbatch-Item">
      <button
        type="button"
        className="jp-hepbatch-Item-open"
        title={trans.__('%1\ncompared with %2', samplesOf(request), outputsOf(request))}
        onClick={() => actions.open(id)}
      >
        <span className="jp-hepbatch-Item-name">{name}</span>
        <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>
        <span className="jp-hepbatch-Item-source jp-hepbatch-Path">
          <bdi>{outputsOf(request)}</bdi>
        </span>
        <span className="jp-hepbatch-Item-words">{itemWords(audit, trans)}</span>
      </button>
      {running && (
        <progress
          aria-label={trans.__('Progress of %1', name)}
          {...(part === null ? {} : { value: part })}
        />
      )}
      {!running && summary !== null && allFiles(summary.files) > 0 && (
        <StatusBar files={summary.files} looks={statusLooks(trans)} />
      )}
      <div className="jp-hepbatch-Item-actions" role="group" aria-label={name}>
        <span className="jp-hepbatch-Hint">{ago(audit.startedAt, trans)}</span>
        {running ? (
          <button type="button" className="jp-hepbatch-Link" onClick={() => actions.cancel(id)}>
            {trans.__('Cancel')}
          </button>
        ) : (
          <>
            <button type="button" className="jp-hepbatch-Link" onClick={() => actions.rerun(id)}>
              {trans.__('Run again')}
            </button>
            <button type="button" className="jp-hepbatch-Link" onClick={() => actions.remove(id)}>
              {trans.__('Remove')}
            </button>
          </>
        )}
      </div>
    </li>
  );
}

function itemWords(audit: Audit, trans: TranslationBundle): string {
  const { state, summary, failure } = audit;
  if (state === 'running') {
    return progressWords(audit, trans);
  }
  if (state === 'failed') {
    return failure?.message ?? '';
  }
  if (summary === null) {
    return '';
  }
  const files = allFiles(summary.files);
  const parts =
    summary.resubmit > 0
      ? [
          trans.__(
            '%1 of %2 files to resubmit',
            summary.resubmit.toLocaleString(),
            files.toLocaleString()
          )
        ]
      : [
          trans._n(
            'nothing to resubmit in %2 file',
            'nothing to resubmit in %2 files',
            files,
            files.toLocaleString()
          )
        ];
  if (summary.unknownDatasets > 0) {
    parts.push(trans._n('%1 dataset unknown', '%1 datasets unknown', summary.unknownDatasets));
  }
  return parts.join(', ');
}
