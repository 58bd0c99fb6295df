import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HepbatchError } from '../contract';
import type { Failure } from '../contract';

/** A model of a list, as far as something is picked from it. */
interface IPickedFrom<T> {
  readonly isLoaded: boolean;
  readonly failure: Failure | null;
  find(id: string): T | undefined;
  refresh(): Promise<void>;
}

/**
 * What has an id; without one the user chooses among those that fit. Null: nothing was chosen.
 * Rejects where the list cannot be read, and `not-found` where nobody knows the id.
 */
export async function pickOne<T>(options: {
  readonly model: IPickedFrom<T>;
  readonly id: string | null;
  readonly title: string;
  /** Those that fit, once the list is there. */
  readonly fitting: () => readonly T[];
  /** Never the same for two of them. */
  readonly named: (one: T) => string;
  readonly unknown: (id: string) => string;
  readonly none: string;
  readonly trans: TranslationBundle;
}): Promise<T | null> {
  const { model, id, title, fitting, named, unknown, none, trans } = options;
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
      throw new HepbatchError('not-found', unknown(id), {
        next: trans.__('Look at the list in the sidebar.')
      });
    }
    return found;
  }
  const offered = fitting();
  if (offered.length === 0) {
    await showDialog({ title, body: none, buttons: [Dialog.okButton()] });
    return null;
  }
  const answer = await InputDialog.getItem({ title, items: offered.map(named) });
  const chosen = answer.button.accept ? answer.value : null;
  return offered.find(one => named(one) === chosen) ?? null;
}
