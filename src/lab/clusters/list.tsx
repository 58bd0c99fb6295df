import { useEffect, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ConnectionsModel } from '../connections/model';
import type { ShownDetails } from '../connections/shown';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Card } from './card';
import type { IClusterActions } from './card-actions';
import type { ClustersModel } from './model';

/** What a list of clusters is drawn from. */
export interface IListProps {
  readonly model: ClustersModel;
  /** For the profiles of connections. */
  readonly connections: ConnectionsModel;
  readonly shown: ShownDetails;
  readonly actions: IClusterActions;
  /** Begins a new one; absent where that cannot be done. */
  readonly create?: () => void;
  readonly trans: TranslationBundle;
}

/** The clusters as cards, in the sidebar or in a cell. */
export class ClustersList extends ReactWidget {
  constructor(private readonly _props: IListProps) {
    super();
    this.addClass('jp-hepbatch-List');
  }

  protected override render() {
    return <List {...this._props} />;
  }
}

function List(props: IListProps) {
  const { model, connections, shown, actions, create, trans } = props;
  useSignal(model.stateChanged);
  useSignal(connections.stateChanged);
  useSignal(shown.changed);
  const node = useRef<HTMLUListElement>(null);
  const { revealed } = shown;
  useEffect(() => {
    const card = [...(node.current?.children ?? [])].find(
      item => item instanceof HTMLElement && item.dataset['cluster'] === revealed?.id
    );
    card?.scrollIntoView({ block: 'nearest' });
  }, [revealed]);
  if (!model.isLoaded) {
    return model.failure === null ? (
      <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>
    ) : (
      <FailureView
        failure={model.failure}
        title={trans.__('The clusters could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  if (model.clusters.length === 0) {
    return (
      <div className="jp-hepbatch-Empty">
        <p>{trans.__('A Dask cluster runs your analysis on this machine or on a batch system.')}</p>
        {create !== undefined && (
          <button
            type="button"
            className="jp-hepbatch-Button jp-mod-primary"
            onClick={() => create()}
          >
            {trans.__('New cluster…')}
          </button>
        )}
      </div>
    );
  }
  return (
    <ul ref={node} aria-label={trans.__('Clusters')}>
      {model.clusters.map(cluster => (
        <Card
          key={cluster.id}
          cluster={cluster}
          profile={connections.find(cluster.connection)?.profile}
          actions={actions}
          trans={trans}
        />
      ))}
    </ul>
  );
}
