import type { TranslationBundle } from '@jupyterlab/translation';
import { connections } from '../../contract';
import type { Connection } from '../../contract';
import { pickOne } from '../pick-one';
import type { ConnectionsModel } from './model';

/** The connection of an id, or the one that the user chooses; see `pickOne`. */
export async function pick(options: {
  readonly model: ConnectionsModel;
  readonly id: string | null;
  readonly title: string;
  readonly fits: (connection: Connection) => boolean;
  readonly trans: TranslationBundle;
}): Promise<Connection | null> {
  const { fits, ...asked } = options;
  const { model, trans } = asked;
  return pickOne({
    ...asked,
    fitting: () => model.connections.filter(fits),
    // Titles may be the same, ids are not.
    named: ({ profile }) => `${profile.title} (${profile.id})`,
    unknown: id => `${connections.read.path}: no connection ${id}`,
    none: trans.__('There is no connection for this now.')
  });
}
