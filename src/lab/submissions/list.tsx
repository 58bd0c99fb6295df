import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ConnectionsModel } from '../connections/model';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Card } from './card';
import type { ICardActions } from './card';
import type { SubmissionsModel } from './model';

/** What the list is drawn from. */
export interface IListProps {
  readonly model: SubmissionsModel;
  /** For the titles of connections. */
  readonly connections: ConnectionsModel;
  readonly actions: ICardActions;
  readonly create: () => void;
  readonly trans: TranslationBundle;
}

/** The section of the sidebar: the submissions as cards. */
export class SubmissionsList extends ReactWidget {
  constructor(private readonly _props: IListProps) {
    super();
    this.addClass('jp-hepbatch-List');
  }

  protected override render() {
    return <List {...this._props} />;
  }
}

function List({ model, connections, actions, create, trans }: IListProps) {
  useSignal(model.stateChanged);
  useSignal(connections.stateChanged);
  if (!model.isLoaded) {
    return model.failure === null ? (
      <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>
    ) : (
      <FailureView
        failure={model.failure}
        title={trans.__('The submissions could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  if (model.submissions.length === 0) {
    return (
      <div className="jp-hepbatch-Empty">
        <p>{trans.__('No submissions yet.')}</p>
        <p className="jp-hepbatch-Hint">
          {trans.__('A submission runs the files of a samples JSON as plain batch jobs.')}
        </p>
        <button type="button" className="jp-hepbatch-Button jp-mod-primary" onClick={create}>
          {trans.__('New submission…')}
        </button>
      </div>
    );
  }
  return (
    <ul aria-label={trans.__('Submissions')}>
      {model.submissions.map(submission => (
        <Card
          key={submission.token}
          submission={submission}
          profile={connections.find(submission.connection)?.profile}
          actions={actions}
          trans={trans}
        />
      ))}
    </ul>
  );
}
