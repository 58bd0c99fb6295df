import type { DOMWidgetView } from '@jupyter-widgets/base';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { clusters, dashboards } from '../contract';
import type { Call } from '../contract';
import { CellCluster } from './cell-cluster';
import { ClusterCell } from './cluster-view';
import { CommModel } from './comm-model';
import { PanelView } from './panel-view';

/** A cluster of a kernel. Nothing of it is a trait: traits may be saved with the notebook. */
export class ClusterWidgetModel extends CommModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: 'ClusterWidgetModel',
      _view_name: 'ClusterWidgetView'
    };
  }
}

/**
 * The class of the view, in the language of the Lab. `serverCall` asks the Jupyter server, which
 * shows dashboards; null where it has no hepbatch.
 */
export function clusterView(
  serverCall: Call | null,
  trans: TranslationBundle
): typeof DOMWidgetView {
  return class ClusterWidgetView extends PanelView {
    override makePanel(): ClusterCell | null {
      return this.model instanceof ClusterWidgetModel
        ? clusterCell(this.model, serverCall, trans)
        : null;
    }
  };
}

function clusterCell(
  { road, heard }: ClusterWidgetModel,
  serverCall: Call | null,
  trans: TranslationBundle
): ClusterCell {
  const model = new CellCluster(road.call, heard);
  const cell = new ClusterCell({
    model,
    trans,
    actions: {
      openDashboard: serverCall === null ? null : id => openDashboard(serverCall, id),
      copyCode: async ({ id }) => {
        const { code } = await road.call(clusters.clientCode, { id, hepbatch: true });
        Clipboard.copyToSystem(code);
      }
    }
  });
  cell.disposed.connect(() => model.dispose());
  void model.refresh();
  return cell;
}

/** Opens the whole page in a tab of its own, which knows nothing of this one. */
async function openDashboard(call: Call, id: string): Promise<void> {
  const { path } = await call(dashboards.open, { id });
  window.open(`${path}status`, '_blank', 'noopener');
}
