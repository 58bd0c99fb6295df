import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { connections, toFailure } from '../../contract';
import type { Call, Failure, FolderEntry } from '../../contract';

/** How many names are asked for at once; the rest is found by the filter. */
const MOST = 1000;

/** A step of the way to a folder. */
export interface ICrumb {
  readonly name: string;
  readonly path: string;
}

/** One folder on a host, as somebody walks through them; each is read when it is entered. */
export class FolderModel implements IDisposable {
  constructor(
    private readonly _call: Call,
    private readonly _id: string
  ) {}

  /** Absolute as soon as it was read once; what was asked for before that. */
  get path(): string {
    return this._path;
  }

  /** The way to the folder, from the root on. */
  get crumbs(): readonly ICrumb[] {
    const names = this._path.split('/').filter(name => name !== '');
    const steps = names.map((name, i) => ({ name, path: `/${names.slice(0, i + 1).join('/')}` }));
    return this._path.startsWith('/') ? [{ name: '/', path: '/' }, ...steps] : steps;
  }

  get entries(): readonly FolderEntry[] {
    return this._entries;
  }

  /** How many match the filter; more than there are entries where it was cut. */
  get matching(): number {
    return this._matching;
  }

  get filter(): string {
    return this._filter;
  }

  get isReading(): boolean {
    return this._isReading;
  }

  /** Why the last folder could not be read; the one before it stays. */
  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Goes to a folder: absolute, or `~`. */
  async enter(path: string): Promise<void> {
    await this._read(path, '');
  }

  /** Goes into a folder of this one. */
  async down(name: string): Promise<void> {
    await this.enter(this.inside(name));
  }

  /** Goes to the folder above; at the root it stays. */
  async up(): Promise<void> {
    const above = this._path.replace(/\/[^/]*\/*$/, '');
    await this.enter(above === '' ? '/' : above);
  }

  /** Keeps the names that contain a text. */
  async search(filter: string): Promise<void> {
    this._filter = filter;
    await this._read(this._path, filter);
  }

  /** Asks the last question again. */
  async retry(): Promise<void> {
    await this._read(...this._last);
  }

  /** The path of an entry. */
  inside(name: string): string {
    return `${this._path.replace(/\/+$/, '')}/${name}`;
  }

  dispose(): void {
    this._isDisposed = true;
    this._asked += 1;
    Signal.clearData(this);
  }

  private async _read(path: string, filter: string): Promise<void> {
    this._asked += 1;
    const asked = this._asked;
    this._isReading = true;
    this._failure = null;
    this._last = [path, filter];
    this._stateChanged.emit();
    try {
      const body = { id: this._id, path, filter, most: MOST };
      const answer = await this._call(connections.folder, body);
      if (asked !== this._asked) {
        return; // somebody went on meanwhile
      }
      this._path = answer.path;
      this._filter = filter;
      this._entries = answer.entries;
      this._matching = answer.matching;
    } catch (error) {
      if (asked !== this._asked) {
        return;
      }
      this._failure = toFailure(error);
    }
    this._isReading = false;
    this._stateChanged.emit();
  }

  private _path = '~';
  private _entries: readonly FolderEntry[] = [];
  private _matching = 0;
  private _filter = '';
  private _last: readonly [path: string, filter: string] = ['~', ''];
  private _isReading = false;
  private _failure: Failure | null = null;
  private _isDisposed = false;
  /** Number of the last question; answers to older ones are dropped. */
  private _asked = 0;
  private readonly _stateChanged = new Signal<this, void>(this);
}
