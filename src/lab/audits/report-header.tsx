import type { TranslationBundle } from '@jupyterlab/translation';
import type { Audit } from '../../contract';
import { MenuButton } from '../menu-button';
import { outputsOf, samplesOf } from './place';
import type { IReportActions } from './report';
import type { ReportModel } from './report-model';
import { fraction, progressWords, stateWord, stem } from './status';
import { ago, duration } from './times';

/** What was asked, how far it is, and the verbs. */
export function ReportHeader(props: {
  readonly model: ReportModel;
  readonly audit: Audit;
  readonly actions: IReportActions;
  readonly run: (action: Promise<void>) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, audit, actions, run, trans } = props;
  const { request, state, summary } = audit;
  const running = state === 'running';
  const submitMissing = actions.submitMissing ?? null;
  const chosen = model.view.chosen;
  const exportAs = (datasets: string[] | null, where: 'download' | 'beside') => () =>
    run(actions.exportJson(datasets, where));
  const resubmit = summary?.resubmit ?? 0;
  const ofSelected = model.datasets
    .filter(({ dataset }) => model.view.selected.has(dataset))
    .reduce((sum, row) => sum + row.resubmit, 0);
  const some = (count: number) => trans._n('%2 file', '%2 files', count, count.toLocaleString());
  const items = [
    {
      label: trans.__('Download'),
      hint: some(resubmit),
      run: exportAs(null, 'download')
    },
    {
      label: trans.__('Save beside the samples JSON'),
      hint: some(resubmit),
      run: exportAs(null, 'beside')
    }
  ];
  if (chosen !== null) {
    items.push(
      {
        label: trans.__('Download: selected datasets only'),
        hint: some(ofSelected),
        run: exportAs(chosen, 'download')
      },
      {
        label: trans.__('Save beside the samples JSON: selected datasets only'),
        hint: some(ofSelected),
        run: exportAs(chosen, 'beside')
      }
    );
  }
  return (
    <header className="jp-hepbatch-Report-header">
      <div className="jp-hepbatch-Report-title">
        <h2>{stem(request.samplesJson)}</h2>
        <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>
        <span className="jp-hepbatch-Hint">
          {ago(audit.startedAt, trans)}
          {audit.finishedAt !== null &&
            `, ${trans.__('took %1', duration(audit.startedAt, audit.finishedAt, trans))}`}
        </span>
      </div>
      <div className="jp-hepbatch-Report-actions">
        <MenuButton
          label={trans.__('Export resubmission JSON')}
          more={trans.__('More ways to export')}
          title={
            state !== 'done'
              ? trans.__('Possible when the audit is done.')
              : trans.__('The files to process again, in the form of the samples JSON.')
          }
          isDisabled={state !== 'done'}
          items={items}
        />
        {state === 'done' && (summary?.stale ?? 0) > 0 && (
          <button
            type="button"
            className="jp-hepbatch-Button"
            title={trans.__('Needed before files are submitted again; asks first')}
            onClick={() => run(actions.removeStale(chosen))}
          >
            {trans.__('Remove stale chunks…')}
          </button>
        )}
        {submitMissing !== null && state === 'done' && resubmit > 0 && (
          <button
            type="button"
            className="jp-hepbatch-Button"
            title={trans.__('Opens a submission of exactly these files')}
            onClick={() => run(submitMissing(chosen))}
          >
            {trans.__('Submit missing…')}
          </button>
        )}
        {running && (
          <button
            type="button"
            className="jp-hepbatch-Button"
            onClick={() => run(actions.cancel())}
          >
            {trans.__('Cancel')}
          </button>
        )}
        {!running && actions.rerun !== null && (
          <button
            type="button"
            className="jp-hepbatch-Button"
            onClick={() => actions.rerun !== null && run(actions.rerun())}
          >
            {trans.__('Run again')}
          </button>
        )}
      </div>
      <div className="jp-hepbatch-Report-asked">
        <Asked label={trans.__('Samples')} value={samplesOf(request)} />
        <Asked label={trans.__('Outputs')} value={outputsOf(request)} />
        <Asked label={trans.__('Names')} value={request.convention} />
      </div>
      {running && <Progress audit={audit} trans={trans} />}
    </header>
  );
}

function Asked({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <span>
      <span className="jp-hepbatch-Hint">{label}:</span> {value}
    </span>
  );
}

function Progress({ audit, trans }: { readonly audit: Audit; readonly trans: TranslationBundle }) {
  const { progress } = audit;
  const part = fraction(progress);
  const words = progressWords(audit, trans);
  const seen =
    progress.chunks === 0
      ? ''
      : trans.__(
          '%1 chunks seen, %2 opened',
          progress.chunks.toLocaleString(),
          progress.opened.toLocaleString()
        );
  return (
    <div className="jp-hepbatch-Report-progress">
      <span role="status">{words}</span>
      <progress aria-label={words} {...(part === null ? {} : { value: part })} />
      <span className="jp-hepbatch-Hint">{seen}</span>
    </div>
  );
}
