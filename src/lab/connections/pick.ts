import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { connections, HepbatchError } from '../../contract';
import type { Connection } from '../../contract';
import type { ConnectionsModel } from './model';

/**
 * The connection of an id; without one the user chooses among those that fit. Null: nothing was
 * chosen. Rejects where the list cannot be read, and `not-found` where nobody knows the id.
 */
export async function pick(options: {
  readonly model: ConnectionsModel;
  readonly id: string | null;
  readonly title: string;
  readonly fits: (connection: Connection) => boolean;
  readonly trans: TranslationBundle;
}): Promise<Connection | null> {
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
      throw new HepbatchError('not-found', `${connections.read.path}: no connection ${id}`, {
        next: trans.__('Look at the list in the sidebar.')
      });
    }
    return found;
  }
  const fitting = model.connections.filter(fits);
  if (fitting.length === 0) {
    await showDialog({
      title,
      body: trans.__('There is no connection for this now.'),
      buttons: [Dialog.okButton()]
    });
    return null;
  }
  // Titles may be the same, ids are not.
  const named = (connection: Connection) =>
    `${connection.profile.title} (${connection.profile.id})`;
  const answer = await InputDialog.getItem({ title, items: fitting.map(named) });
  const chosen = answer.button.accept ? answer.value : null;
  return fitting.find(connection => named(connection) === chosen) ?? null;
}
