import { useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { toFailure } from '../../contract';
import type { Failure } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { DatasetsPart } from './datasets-table';
import { ReportHeader } from './report-header';
import type { ReportModel } from './report-model';
import { Results } from './results';
import { Summary } from './summary';

/** What can be done with a report; the views know no application. */
export interface IReportActions {
  readonly exportJson: (datasets: string[] | null, where: 'download' | 'beside') => Promise<void>;
  readonly cancel: () => Promise<void>;
  /** Null where somebody else (a cell) starts audits. */
  readonly rerun: (() => Promise<void>) | null;
  readonly copy: (text: string) => void;
  /** Submits the missing files, of some datasets or (null) of all; absent where nothing is submitted. */
  readonly submitMissing?: ((datasets: string[] | null) => Promise<void>) | null;
  /** Removes the stale chunks of some datasets, or (null) of all, once the user agreed. */
  readonly removeStale: (datasets: string[] | null) => Promise<void>;
}

/** One audit as a panel. */
export class ReportPanel extends ReactWidget {
  constructor(private readonly _props: Parameters<typeof Report>[0]) {
    super();
    this.addClass('jp-hepbatch');
    this.addClass('jp-hepbatch-Report');
  }

  protected override render() {
    return <Report {...this._props} />;
  }
}

/** One audit: what was asked, how far it is, what came out, and what to do. */
export function Report(props: {
  readonly model: ReportModel;
  readonly actions: IReportActions;
  readonly trans: TranslationBundle;
}) {
  const { model, actions, trans } = props;
  useSignal(model.stateChanged);
  const [fault, setFault] = useState<Failure | null>(null);
  const { audit, failure } = model;
  const run = (action: Promise<void>) => {
    setFault(null);
    action.catch((error: unknown) => setFault(toFailure(error)));
  };
  if (audit === null) {
    return failure === null ? (
      <p className="jp-hepbatch-Hint" role="status">
        {trans.__('Reading the audit…')}
      </p>
    ) : (
      <FailureView
        failure={failure}
        title={trans.__('The audit could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  return (
    <>
      <ReportHeader model={model} audit={audit} actions={actions} run={run} trans={trans} />
      {fault !== null && (
        <FailureView failure={fault} title={trans.__('That did not work')} trans={trans} />
      )}
      {failure !== null && (
        <FailureView
          failure={failure}
          title={trans.__('The results could not be read')}
          trans={trans}
          onRetry={() => void model.refresh()}
        />
      )}
      {audit.state === 'failed' && audit.failure !== null && (
        <FailureView failure={audit.failure} title={trans.__('The audit failed')} trans={trans} />
      )}
      {audit.state === 'cancelled' && (
        <p className="jp-hepbatch-Note" role="status">
          {audit.summary === null
            ? trans.__('Cancelled before anything was found.')
            : trans.__('Cancelled: what stands here is what was found until then.')}
        </p>
      )}
      {audit.summary !== null && (
        <>
          <Summary model={model} audit={audit} summary={audit.summary} trans={trans} />
          <DatasetsPart model={model} run={run} trans={trans} />
          <Results model={model} summary={audit.summary} copy={actions.copy} trans={trans} />
        </>
      )}
    </>
  );
}
