import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Call, StaleOutcome } from '../../contract';
import { readStale, removeStale, sizeOf } from './stale';

/** So many that stayed are named. */
const SHOWN = 3;

/**
 * Shows how many stale chunks lie there and how large they are, and moves exactly these where the user agrees.
 * Says what became of them; rejects with `HepbatchError`.
 */
export async function removeStaleChunks(options: {
  readonly call: Call;
  readonly id: string;
  /** Null: of all. */
  readonly datasets: string[] | null;
  readonly trans: TranslationBundle;
}): Promise<void> {
  const { call, id, datasets, trans } = options;
  const { chunks, left, folder } = await readStale(call, id, datasets);
  const stays = left.filter(({ end }) => end !== 'gone');
  if (chunks.length === 0) {
    Notification.info(
      stays.length === 0
        ? trans.__('No stale chunk is there any more. Run the audit again.')
        : trans.__('No stale chunk can be removed: %1', inWords(stays)),
      { autoClose: 8000 }
    );
    return;
  }
  const answer = await showDialog({
    title: trans._n(
      'Remove %2 stale chunk?',
      'Remove %2 stale chunks?',
      chunks.length,
      chunks.length.toLocaleString()
    ),
    body:
      trans.__(
        '%1 are moved out of their datasets into %2. No program that reads the datasets finds them there. Remove that folder once an audit finds all complete.',
        sizeOf(chunks),
        folder
      ) + (stays.length === 0 ? '' : ` ${trans.__('Left as they are: %1', inWords(stays))}`),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Remove') })],
    defaultButton: 0
  });
  if (!answer.button.accept) {
    return;
  }
  const outcomes = await removeStale(call, id, chunks);
  const other = outcomes.filter(({ end }) => end !== 'removed');
  const removed = trans.__(
    '%1 of %2 stale chunks are now in %3.',
    outcomes.length - other.length,
    outcomes.length,
    folder
  );
  if (other.length === 0) {
    Notification.success(removed, { autoClose: 8000 });
  } else {
    Notification.warning(`${removed} ${inWords(other)}`, { autoClose: false });
  }
}

function inWords(outcomes: readonly StaleOutcome[]): string {
  const some = outcomes
    .slice(0, SHOWN)
    .map(({ path, end, why }) => `${path}: ${why === null ? end : `${end}, ${why}`}`);
  const rest = outcomes.length - some.length;
  return `${some.join('; ')}${rest > 0 ? `; … ${rest}` : ''}`;
}
