import { useEffect, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ProfileProblem } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Card } from './card';
import type { IConnectionActions } from './card';
import type { ConnectionsModel } from './model';
import type { ShownDetails } from './shown';

/** What a list of connections is drawn from. */
export interface IListProps {
  readonly model: ConnectionsModel;
  readonly shown: ShownDetails;
  readonly actions: IConnectionActions;
  /** Whether those are shown that cannot be used here. */
  readonly showUnusable: boolean;
  /** Minutes below which a ticket or proxy is worth a warning. */
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}

/** The connections as cards, in the sidebar or in a cell. */
export class ConnectionsList extends ReactWidget {
  constructor(private readonly _props: IListProps) {
    super();
    this.addClass('jp-hepbatch-List');
  }

  protected override render() {
    return <List {...this._props} />;
  }
}

function List(props: IListProps) {
  const { model, shown, showUnusable, trans } = props;
  useSignal(model.stateChanged);
  useSignal(shown.changed);
  const node = useRef<HTMLUListElement>(null);
  const { revealed } = shown;
  useEffect(() => {
    const card = [...(node.current?.children ?? [])].find(
      item => item instanceof HTMLElement && item.dataset['connection'] === revealed?.id
    );
    card?.scrollIntoView({ block: 'nearest' });
  }, [revealed]);
  if (!model.isLoaded) {
    return model.failure === null ? (
      <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>
    ) : (
      <FailureView
        failure={model.failure}
        title={trans.__('The connections could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  const isUsable = ({ unusable, state }: (typeof model.connections)[number]) =>
    unusable === null || state !== 'closed';
  const usable = model.connections.filter(isUsable);
  const others = model.connections.filter(connection => !isUsable(connection));
  const cards = showUnusable ? [...usable, ...others] : usable;
  return (
    <>
      {model.problems.map(problem => (
        <Problem key={`${problem.file} ${problem.key}`} problem={problem} trans={trans} />
      ))}
      {cards.length === 0 ? (
        <p className="jp-hepbatch-Hint">{trans.__('No connection can be used here.')}</p>
      ) : (
        <ul ref={node} aria-label={trans.__('Connections')}>
          {cards.map(connection => (
            <Card
              key={connection.profile.id}
              connection={connection}
              isShown={shown.has(connection.profile.id)}
              show={(id, isShown) => shown.set(id, isShown)}
              actions={props.actions}
              warnMinutes={props.warnMinutes}
              trans={trans}
            />
          ))}
        </ul>
      )}
    </>
  );
}

/** What is wrong with a file of connections: where, what stands there, and why that does not do. */
function Problem(props: { readonly problem: ProfileProblem; readonly trans: TranslationBundle }) {
  const { problem, trans } = props;
  const { file, key, value, message } = problem;
  return (
    <div className="jp-hepbatch-Failure" role="alert">
      <strong>{trans.__('A file of connections has a fault')}</strong>
      <p>
        <code>{file}</code>
      </p>
      <p>
        {key !== '' && <code>{value === '' ? `${key}: ` : `${key} = ${value}: `}</code>}
        {message}
      </p>
      <p className="jp-hepbatch-Hint">{trans.__('All other connections can be used.')}</p>
    </div>
  );
}
