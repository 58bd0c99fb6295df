import { useEffect, useRef, useState } from 'react';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Call } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Search } from '../search';
import { FolderModel } from './folder-model';
import { FolderNames } from './folder-names';

/** Lets the user walk through the folders of a host; null: nothing was chosen. */
export async function chooseFolder(options: {
  readonly call: Call;
  /** Id of an open connection to the host. */
  readonly id: string;
  readonly title: string;
  /** Where to begin; empty: the home folder. */
  readonly start: string;
  readonly trans: TranslationBundle;
}): Promise<string | null> {
  const { call, id, title, start, trans } = options;
  const model = new FolderModel(call, id);
  const dialog = new FolderDialog({
    title,
    body: new FolderBody(model, trans),
    focusNodeSelector: '[role="listbox"]',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Choose this folder') })]
  });
  dialog.addClass('jp-hepbatch');
  dialog.addClass('jp-hepbatch-FolderDialog');
  void model.enter(start === '' ? '~' : start);
  const { button, value } = await dialog.launch();
  model.dispose();
  return button.accept ? value : null;
}

/** Enter in a field of the body goes to a folder; it does not end the dialog. */
class FolderDialog extends Dialog<string> {
  protected override _evtKeydown(event: globalThis.KeyboardEvent): void {
    const isField = event.target instanceof HTMLInputElement;
    if (event.key !== 'Enter' || !isField) {
      super._evtKeydown(event);
    }
  }
}

class FolderBody extends ReactWidget implements Dialog.IBodyWidget {
  constructor(
    private readonly _model: FolderModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-hepbatch-FolderBody');
  }

  getValue(): string {
    return this._model.path;
  }

  protected override render() {
    return <Folders model={this._model} trans={this._trans} />;
  }
}

/** A folder of a host: the way to it, a filter, and its names; only folders can be entered. */
export function Folders(props: { readonly model: FolderModel; readonly trans: TranslationBundle }) {
  const { model, trans } = props;
  useSignal(model.stateChanged);
  const list = useRef<HTMLUListElement>(null);
  // Whenever the names are drawn first, before or after the dialog looks for its focus.
  useEffect(() => list.current?.focus(), []);
  const { crumbs, entries, matching, failure, isReading, filter, path } = model;
  return (
    <>
      <PathField path={path} onEnter={typed => void model.enter(typed)} trans={trans} />
      <nav className="jp-hepbatch-Crumbs" aria-label={trans.__('The way to this folder')}>
        {crumbs.map((crumb, i) => (
          <button
            key={crumb.path}
            type="button"
            className="jp-hepbatch-Link"
            aria-current={i === crumbs.length - 1 ? 'page' : undefined}
            onClick={() => void model.enter(crumb.path)}
          >
            {crumb.name}
          </button>
        ))}
      </nav>
      <div
        className="jp-hepbatch-FolderFilter"
        onKeyDown={event => {
          if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            list.current?.focus();
          }
        }}
      >
        <Search
          key={path}
          label={trans.__('Filter names')}
          value={filter}
          onSearch={text => void model.search(text)}
        />
      </div>
      {failure !== null && (
        <FailureView
          failure={failure}
          title={trans.__('The folder could not be read')}
          trans={trans}
          onRetry={() => void model.retry()}
        />
      )}
      <FolderNames
        list={list}
        path={path}
        entries={entries}
        onDown={name => void model.down(name)}
        onUp={() => void model.up()}
        trans={trans}
      />
      <p className="jp-hepbatch-Hint" role="status">
        {isReading
          ? trans.__('Reading…')
          : matching > entries.length
            ? trans.__(
                '%1 of %2 names are shown; filter to see others.',
                entries.length.toLocaleString(),
                matching.toLocaleString()
              )
            : trans._n('%1 name', '%1 names', matching)}
      </p>
    </>
  );
}

function PathField(props: {
  readonly path: string;
  readonly onEnter: (path: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { path, onEnter, trans } = props;
  const [typed, setTyped] = useState(path);
  useEffect(() => setTyped(path), [path]);
  return (
    <input
      type="text"
      className="jp-mod-styled"
      aria-label={trans.__('Path of the folder')}
      spellCheck={false}
      autoComplete="off"
      value={typed}
      onChange={event => setTyped(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          onEnter(typed.trim());
        }
      }}
    />
  );
}
