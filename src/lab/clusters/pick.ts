import type { TranslationBundle } from '@jupyterlab/translation';
import { clusters } from '../../contract';
import type { Cluster } from '../../contract';
import { pickOne } from '../pick-one';
import type { ClustersModel } from './model';
import { stateWord } from './words';

/** The cluster of an id, or the one that the user chooses; see `pickOne`. */
export async function pickCluster(options: {
  readonly model: ClustersModel;
  readonly id: string | null;
  readonly title: string;
  readonly fits: (cluster: Cluster) => boolean;
  readonly trans: TranslationBundle;
}): Promise<Cluster | null> {
  const { fits, ...asked } = options;
  const { model, trans } = asked;
  return pickOne({
    ...asked,
    fitting: () => model.clusters.filter(fits),
    // Those that ended may have had the same name.
    named: ({ name, state, id }) => trans.__('%1 (%2, %3)', name, stateWord(state, trans), id),
    unknown: id => `${clusters.read.path}: no cluster ${id}`,
    none: trans.__('There is no cluster for this now.')
  });
}
