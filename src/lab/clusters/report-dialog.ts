import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** What shall become of a report; null: it is recorded on. */
export type ReportChoice = { readonly path: string } | 'discard' | null;

/** Asks for the path of a report. */
export async function askReportPath(
  cluster: string,
  path: string,
  trans: TranslationBundle
): Promise<ReportChoice> {
  const dialog = new Dialog({
    title: trans.__('Save the performance report of %1', cluster),
    body: new PathBody(path, trans),
    focusNodeSelector: 'input',
    buttons: [
      Dialog.createButton({
        label: trans.__('Discard'),
        caption: trans.__('End the recording without a report'),
        displayType: 'warn',
        actions: ['discard']
      }),
      Dialog.cancelButton({ caption: trans.__('It is recorded on') }),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  const { button, value } = await dialog.launch();
  if (button.actions.includes('discard')) {
    return 'discard';
  }
  const wanted = (value ?? '').trim().replace(/^\/+/, '');
  return button.accept && wanted !== '' ? { path: wanted } : null;
}

/** One labelled field. */
class PathBody extends Widget implements Dialog.IBodyWidget {
  constructor(path: string, trans: TranslationBundle) {
    super();
    this.addClass('jp-hepbatch');
    const label = document.createElement('label');
    label.className = 'jp-hepbatch-DialogField';
    const words = document.createElement('span');
    words.textContent = trans.__('File, in the file browser');
    this._input.className = 'jp-mod-styled';
    this._input.value = path;
    label.append(words, this._input);
    this.node.append(label);
  }

  getValue(): string {
    return this._input.value;
  }

  private readonly _input = document.createElement('input');
}
