import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent, RefObject } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';
import type { FolderEntry } from '../../contract';

/**
 * The names in a folder. Arrows walk, Enter and Right go down, Backspace and Left go up, a letter
 * goes to the next name that begins with it. Files are shown, and cannot be chosen.
 */
export function FolderNames(props: {
  readonly list: RefObject<HTMLUListElement>;
  readonly path: string;
  readonly entries: readonly FolderEntry[];
  readonly onDown: (name: string) => void;
  readonly onUp: () => void;
  readonly trans: TranslationBundle;
}) {
  const { list, path, entries, onDown, onUp, trans } = props;
  const id = useId();
  const folders = entries.filter(({ kind }) => kind === 'folder');
  const files = entries.filter(({ kind }) => kind !== 'folder');
  const [chosen, setChosen] = useState(0);
  const at = Math.max(0, Math.min(chosen, folders.length - 1));
  const active = folders[at];
  useEffect(() => setChosen(0), [path]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [list, at, path]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOf(event, at, folders);
    if (next !== null) {
      setChosen(next);
    } else if ((event.key === 'Enter' || event.key === 'ArrowRight') && active !== undefined) {
      onDown(active.name);
    } else if (event.key === 'Backspace' || event.key === 'ArrowLeft') {
      onUp();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ul
      ref={list}
      className="jp-hepbatch-Folders"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Folders; Enter opens one, Backspace goes up')}
      aria-activedescendant={active === undefined ? undefined : `${id}-${at}`}
      onKeyDown={onKeyDown}
    >
      {folders.map(({ name }, i) => (
        <li
          key={name}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === at}
          onClick={() => setChosen(i)}
          onDoubleClick={() => onDown(name)}
        >
          <folderIcon.react tag="span" />
          <bdi>{name}</bdi>
        </li>
      ))}
      {files.map(({ name }) => (
        <li key={name} className="jp-mod-file" role="presentation">
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Where a key leads among the folders; null where it means something else. */
function stepOf(event: KeyboardEvent, at: number, folders: readonly FolderEntry[]): number | null {
  const last = Math.max(0, folders.length - 1);
  const steps: Partial<Record<string, number>> = {
    ArrowDown: Math.min(at + 1, last),
    ArrowUp: Math.max(at - 1, 0),
    PageDown: Math.min(at + 10, last),
    PageUp: Math.max(at - 10, 0),
    Home: 0,
    End: last
  };
  const step = steps[event.key];
  if (step !== undefined) {
    return step;
  }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) {
    return null;
  }
  const letter = event.key.toLowerCase();
  const begins = ({ name }: FolderEntry) => name.toLowerCase().startsWith(letter);
  const after = folders.findIndex((folder, i) => i > at && begins(folder));
  return after >= 0 ? after : Math.max(folders.findIndex(begins), 0);
}
