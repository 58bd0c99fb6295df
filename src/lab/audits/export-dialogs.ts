import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { audits } from '../../contract';
import type { AuditRequest, Call } from '../../contract';
import { download, saveResubmission } from './export';

/**
 * Exports the resubmission JSON as the user wants it: to a path, or as a download where `path` is
 * null. Says what was written; rejects with `HepbatchError`.
 */
export async function exportResubmission(options: {
  readonly call: Call;
  readonly id: string;
  readonly datasets: string[] | null;
  readonly path: string | null;
  /** Whose path that is. */
  readonly pathOn: AuditRequest['inputsOn'];
  /** Name of the file to download. */
  readonly name: string;
  readonly trans: TranslationBundle;
}): Promise<void> {
  const { call, id, datasets, path, pathOn, name, trans } = options;
  if (path === null) {
    const exported = await call(audits.export, { id, datasets });
    download(exported.text, name);
    Notification.success(
      trans.__('%1 files of %2 datasets downloaded as %3', exported.files, exported.datasets, name),
      { autoClose: 5000 }
    );
    return;
  }
  const saved = await saveResubmission({
    call,
    id,
    datasets,
    path,
    pathOn,
    mayOverwrite: () => mayOverwrite(path, trans)
  });
  if (saved !== null) {
    Notification.success(
      trans.__('%1 files of %2 datasets saved as %3', saved.files, saved.datasets, path),
      { autoClose: 8000 }
    );
  }
}

async function mayOverwrite(path: string, trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Replace the file?'),
    body: trans.__('%1 exists already. What it holds now will be lost.', path),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Replace') })
    ],
    defaultButton: 0
  });
  return answer.button.accept;
}
