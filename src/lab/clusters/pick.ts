import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { clusters, HepbatchError } from '../../contract';
import type { Cluster } from '../../contract';
import type { ClustersModel } from './model';
import { stateWord } from './words';

/**
 * The cluster of an id; without one the only one that fits, or the one that the user chooses. Null:
 * nothing was chosen. Rejects where the list cannot be read, and `not-found` for an unknown id.
 */
export async function pickCluster(options: {
  readonly model: ClustersModel;
  readonly id: string | null;
  readonly title: string;
  readonly fits: (cluster: Cluster) => boolean;
  readonly trans: TranslationBundle;
}): Promise<Cluster | null> {
  const { model, id, title, fits, trans } = options;
  if (!model.isLoaded || (id !== null && model.find(id) === undefined)) {
    await model.refresh();
  }
  if (model.failure !== null && !model.isLoaded) {
    const { code, message, data } = model.failure;
    throw new HepbatchError(code, message, data);
  }
  if (id !== null) {
    const found = model.find(id);
    if (found === undefined) {
      throw new HepbatchError('not-found', `${clusters.read.path}: no cluster ${id}`, {
        next: trans.__('Look at the list in the sidebar.')
      });
    }
    return found;
  }
  const fitting = model.clusters.filter(fits);
  if (fitting.length === 0) {
    await showDialog({
      title,
      body: trans.__('There is no cluster for this now.'),
      buttons: [Dialog.okButton()]
    });
    return null;
  }
  // Those that ended may have had the same name.
  const named = (cluster: Cluster) =>
    trans.__('%1 (%2, %3)', cluster.name, stateWord(cluster.state, trans), cluster.id);
  const answer = await InputDialog.getItem({ title, items: fitting.map(named) });
  const chosen = answer.button.accept ? answer.value : null;
  return fitting.find(cluster => named(cluster) === chosen) ?? null;
}
