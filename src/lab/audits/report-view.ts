import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type * as z from 'zod';
import type { DatasetRow, FileRow, FileStatus, audits } from '../../contract';
import type { DatasetKey } from './dataset-order';

type FilesQuery = z.input<typeof audits.files.body>;

/** How the file table can be sorted. */
export type FileKey = NonNullable<FilesQuery['sort']>;

/** What of a report is shown: filters, order, and what is selected. */
export class ReportView implements IDisposable {
  /** Statuses of which files are shown; none: all. */
  statuses: ReadonlySet<FileStatus> = new Set();
  /** Only files that are not as they were last time. */
  isChangedOnly = false;
  /** Part of the name of a dataset. */
  text = '';
  /** Part of the URL or the identifier of a file. */
  fileText = '';
  key: DatasetKey = 'json';
  descending = false;
  fileKey: FileKey = 'json';
  fileDescending = false;
  /** Datasets that are selected; none: the files of all are shown. */
  selected: ReadonlySet<string> = new Set();
  /** The file that is looked at. */
  file: FileRow | null = null;

  get changed(): ISignal<this, ReportView.Change> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The selected datasets, as a question has them; null: all. */
  get chosen(): string[] | null {
    return this.selected.size === 0 ? null : [...this.selected];
  }

  toggleStatus(status: FileStatus): void {
    this.statuses = toggled(this.statuses, status);
    this._changed.emit('files');
  }

  showAll(): void {
    this.statuses = new Set();
    this.isChangedOnly = false;
    this._changed.emit('files');
  }

  toggleChangedOnly(): void {
    this.isChangedOnly = !this.isChangedOnly;
    this._changed.emit('files');
  }

  search(text: string): void {
    this.text = text;
    this._changed.emit('drawing');
  }

  searchFiles(text: string): void {
    this.fileText = text;
    this._changed.emit('files');
  }

  /** Sorts by a column; the second time the other way round, the third time as in the JSON. */
  sort(key: DatasetKey): void {
    [this.key, this.descending] = nextSort(this.key, this.descending, key);
    this._changed.emit('drawing');
  }

  sortFiles(key: FileKey): void {
    [this.fileKey, this.fileDescending] = nextSort(this.fileKey, this.fileDescending, key);
    this._changed.emit('files');
  }

  /** Selects one dataset, one more or less, or all up to it from the last one. */
  select(rows: readonly DatasetRow[], index: number, how: 'one' | 'add' | 'range'): void {
    const name = rows[index]?.dataset;
    if (name === undefined) {
      return;
    }
    if (how === 'range' && this._anchor !== null) {
      const anchor = rows.findIndex(({ dataset }) => dataset === this._anchor);
      const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)];
      this.selected = new Set(rows.slice(Math.max(from, 0), to + 1).map(row => row.dataset));
    } else {
      const only = this.selected.size === 1 && this.selected.has(name);
      this._anchor = name;
      this.selected = how === 'add' || only ? toggled(this.selected, name) : new Set([name]);
    }
    this._changed.emit('datasets');
  }

  selectNone(): void {
    this.selected = new Set();
    this._changed.emit('datasets');
  }

  /** Forgets selected datasets that are not there. */
  keep(datasets: ReadonlySet<string>): void {
    const kept = [...this.selected].filter(name => datasets.has(name));
    if (kept.length < this.selected.size) {
      this.selected = new Set(kept);
      this._changed.emit('datasets');
    }
  }

  /** What to ask for the file table. */
  query(id: string): Omit<FilesQuery, 'limit'> {
    return {
      id,
      datasets: this.chosen,
      statuses: this.statuses.size === 0 ? null : [...this.statuses],
      text: this.fileText,
      changed: this.isChangedOnly,
      sort: this.fileKey,
      descending: this.fileDescending
    };
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, ReportView.Change>(this);
  private _anchor: string | null = null;
  private _isDisposed = false;
}

function toggled<T>(set: ReadonlySet<T>, value: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(value)) {
    next.add(value);
  }
  return next;
}

function nextSort<K extends string>(key: K | 'json', descending: boolean, wanted: K): [K, boolean];
function nextSort(key: string, descending: boolean, wanted: string): [string, boolean] {
  if (key !== wanted) {
    return [wanted, false];
  }
  return descending ? ['json', false] : [wanted, true];
}

/** Types of the view of a report. */
export namespace ReportView {
  /** What a change concerns: which files are asked for, of which datasets, or only what is drawn. */
  export type Change = 'files' | 'datasets' | 'drawing';
}
