/** The journal of one submission on disk: append-only, synced before anything is relied on. */
import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import { asFileError, fileError, writeAtomically } from '../../record';
import { lineOf, readEntries } from './entries';
import type { Created, Entry } from './entries';

const FILE = 'journal.jsonl';
const NO_BEGINNING = 'its first entry does not say what was to be submitted';

/** One submission's entries. Who appends holds its lock. */
export class Journal {
  private constructor(
    /** Where it lies, with its lock. */
    readonly folder: string,
    private _entries: Entry[],
    private _bytes: number
  ) {}

  /** Begins a journal in a new or empty folder. Throws `conflict` where there is one. */
  static async create(folder: string, created: Created): Promise<Journal> {
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(fileError(folder));
    const line = lineOf(created);
    await writeAtomically(join(folder, FILE), line, { overwrite: false, mode: 0o600 });
    return new Journal(folder, [created], Buffer.byteLength(line));
  }

  /** Reads the journal of a folder. Throws `not-found`, `denied`, `corrupt`. */
  static async open(folder: string): Promise<Journal> {
    const journal = new Journal(folder, [], 0);
    await journal.refresh();
    return journal;
  }

  /** As `open`; null where none was begun. */
  static async openIfThere(folder: string): Promise<Journal | null> {
    try {
      return await Journal.open(folder);
    } catch (error) {
      if (error instanceof HepbatchError && error.code === 'not-found') {
        return null;
      }
      throw error;
    }
  }

  get created(): Created {
    const [first] = this._entries;
    if (first?.type !== 'created') {
      throw corrupt(this._path, NO_BEGINNING);
    }
    return first;
  }

  /** One list until the next `refresh`, which grows at its end. */
  get entries(): readonly Entry[] {
    return this._entries;
  }

  /** Reads what others appended. Throws `corrupt`. */
  async refresh(): Promise<void> {
    const data = await readFile(this._path).catch(fileError(this._path));
    try {
      const { entries, bytes } = readEntries(data);
      this._entries = [...entries];
      this._bytes = bytes;
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      throw corrupt(this._path, why, cause);
    }
    if (this._entries[0]?.type !== 'created') {
      throw corrupt(this._path, NO_BEGINNING);
    }
  }

  /**
   * Adds an entry, after those that are being added; it is on disk when this resolves. What a writer before
   * us left half is overwritten. Throws `no-space`, `denied`; the entry does not count then.
   */
  append(entry: Entry): Promise<void> {
    // Each by itself: only the last line of a journal may be half there.
    const appending = this._last.then(() => this._append(entry));
    this._last = appending.catch(() => undefined); // told to whoever added it
    return appending;
  }

  private async _append(entry: Entry): Promise<void> {
    const line = Buffer.from(lineOf(entry));
    const file = await open(this._path, 'r+').catch(fileError(this._path));
    try {
      await this._write(file, line);
    } catch (cause) {
      await file.close().catch(() => undefined); // the first error tells more
      throw asFileError(this._path, cause);
    }
    // A network file system may find no room only now.
    await file.close().catch(fileError(this._path));
    this._entries.push(entry);
    this._bytes += line.length;
  }

  private async _write(file: FileHandle, line: Buffer): Promise<void> {
    const { size } = await file.stat();
    if (size < this._bytes) {
      throw corrupt(this._path, `it has ${size} bytes and had ${this._bytes}`);
    }
    if (size > this._bytes) {
      await file.truncate(this._bytes);
    }
    for (let done = 0; done < line.length;) {
      const part = line.length - done;
      const { bytesWritten } = await file.write(line, done, part, this._bytes + done);
      done += bytesWritten;
    }
    await file.sync();
  }

  private get _path(): string {
    return join(this.folder, FILE);
  }

  private _last: Promise<void> = Promise.resolve();
}

function corrupt(path: string, why: string, cause?: unknown): HepbatchError {
  const next = `Keep ${path} and report this; look for the jobs with condor_q or squeue.`;
  return new HepbatchError('corrupt', `${path}: ${why}`, { next }, { cause });
}
