import type { ChunkTable } from '../chunk-table';
import { codeInPlain } from '../in-plain';
import type { AskHost, IListing } from '../question';
import { HostFiles } from '../there/host-files';
import { HostLooks } from '../there/host-looks';
import type { HostFault, IHostFooter } from '../there/host-files';
import { parseFooter, rowsIn } from './footers';
import type { IFooter } from './footers';
import { FOOTER_BYTES, LONGEST_FOOTER_BYTES } from './row-count';
import { UnreadableFolder } from './tree';
import type { ILookOptions, ITree, ITreeEntry, LookAt } from './tree';

/** Where the entries of a folder stand in the text of a listing. */
type Section = readonly [from: number, to: number];

/**
 * A dataset's folder on another host, as its listing tells it; files are looked at by a program that
 * runs there. The records are those of `FIND`, without the one that begins a dataset; `3<name>`
 * stands before the entries of a folder that was told before as a link.
 */
export class ListedTree implements ITree {
  /** `_root` is its path there. */
  constructor(
    private readonly _root: string,
    private readonly _listing: IListing,
    ask: AskHost
  ) {
    this.key = `${_listing.host}\0${_root}`;
    this._files = new HostFiles(ask);
    this._text = latin1(_listing.records ?? new Uint8Array(0));
    this._index();
  }

  readonly key: string;

  each(folder: string, show: (entry: ITreeEntry) => void): boolean {
    const fault = this._listing.faults.get(folder);
    if (fault === 'ENOENT') {
      return false;
    }
    if (fault !== undefined) {
      throw new UnreadableFolder(this._path(folder), codeInPlain(fault));
    }
    const [from, to] = this._sections.get(folder) ?? [0, -1];
    const level = folder === '' ? ENTRY : BELOW;
    const entry = new ListedEntry();
    for (let at = from; at < to;) {
      const end = this._text.indexOf('\0', at);
      if (this._text.charCodeAt(at) === level) {
        entry.set(this._text, at + 1, end);
        if (entry.name.charCodeAt(0) !== DOT) {
          show(entry);
        }
      }
      at = end + 1;
    }
    return to >= 0;
  }

  follow(_folder: string, entry: ITreeEntry): 'file' | 'folder' | null {
    const target = entry instanceof ListedEntry ? entry.target : '';
    return target === 'f' ? 'file' : target === 'd' ? 'folder' : null;
  }

  async looks(chunks: ChunkTable, options: ILookOptions): Promise<LookAt> {
    const folder = this._path(chunks.variation);
    return new HostLooks(this._files, folder, chunks, options).look();
  }

  async rows(folder: string, names: readonly string[]): Promise<(number | null)[]> {
    const rows = new Map<string, number | null>();
    let open = names;
    for (const bytes of [FOOTER_BYTES, LONGEST_FOOTER_BYTES]) {
      const footers = await this._files.footers(this._path(folder), open, bytes);
      const short: string[] = [];
      for (const [i, name] of open.entries()) {
        const count = rowsOf(footers[i] ?? 'irregular');
        if (count === undefined) {
          short.push(name);
        } else {
          rows.set(name, count);
        }
      }
      open = short;
    }
    return names.map(name => rows.get(name) ?? null);
  }

  async footers(folder: string, names: readonly string[]): Promise<(IFooter | null)[]> {
    const all = await this._files.footers(this._path(folder), names, WHOLE);
    return all.map(footerOf);
  }

  private _path(below: string): string {
    return below === '' ? this._root : `${this._root}/${below}`;
  }

  /** Finds the folders in the text; they follow each other. */
  private _index(): void {
    const text = this._text;
    const end = this._listing.records === null ? -1 : text.length;
    this._sections.set('', [0, end]);
    let name: string | null = null;
    let from = 0;
    const close = (to: number) => {
      if (name !== null) {
        this._sections.set(name, [from, to]);
      }
    };
    for (let at = 0; at < end;) {
      const stop = text.indexOf('\0', at);
      const level = text.charCodeAt(at);
      if (level === LINKED || (level === ENTRY && text.charCodeAt(at + 1) === FOLDER)) {
        close(at);
        name = asUtf8(text.slice(level === LINKED ? at + 1 : at + 2, stop));
        from = stop + 1;
      } else if (level === ENTRY) {
        close(at);
        name = null;
      }
      at = stop + 1;
    }
    close(end);
  }

  private readonly _files: HostFiles;
  private readonly _text: string;
  private readonly _sections = new Map<string, Section>();
}

const [ENTRY, BELOW, LINKED] = [0x31, 0x32, 0x33];
const [FOLDER, LINK, DOT] = [0x64, 0x6c, 0x2e];

/** No footer is longer; a longer one counts as unreadable. */
const WHOLE = 64 * 1024 * 1024;

/** One record; the same object shows all of a folder. */
class ListedEntry implements ITreeEntry {
  name = '';
  /** What a link leads to, as find tells it. */
  target = '';

  isFile(): boolean {
    return this._type === FILE;
  }

  isDirectory(): boolean {
    return this._type === FOLDER;
  }

  isSymbolicLink(): boolean {
    return this._type === LINK;
  }

  set(text: string, from: number, to: number): void {
    this._type = text.charCodeAt(from);
    const isLink = this._type === LINK;
    this.target = isLink ? text.charAt(from + 1) : '';
    this.name = text.slice(from + (isLink ? 2 : 1), to);
  }

  private _type = 0;
}

const FILE = 0x66;

/** Undefined: more of the footer is needed. */
function rowsOf(footer: IHostFooter | HostFault): number | null | undefined {
  if (footer === 'irregular' || 'code' in footer) {
    return null;
  }
  try {
    return rowsIn(footer.bytes);
  } catch {
    return null; // no evidence is taken from what cannot be read
  }
}

function footerOf(footer: IHostFooter | HostFault): IFooter | null {
  if (footer === 'irregular' || 'code' in footer) {
    return null;
  }
  const { length, bytes } = footer;
  const end = new Uint8Array(bytes.length + 8);
  end.set(bytes);
  end.set(Buffer.from('PAR1'), bytes.length + 4);
  new DataView(end.buffer).setUint32(bytes.length, length, true);
  try {
    return parseFooter(end.buffer);
  } catch {
    return null; // told by its name, which is all that can be said of it
  }
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** The text of a name in bytes; null for what is no UTF-8: nobody can ask for it by that. */
function asUtf8(name: string): string | null {
  const bytes = Buffer.from(name, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : null;
}
