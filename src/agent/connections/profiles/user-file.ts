import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import type { ConnectionProfile } from '../../../contract';
import { errnoOf } from '../../errno';
import { fileError, writeAtomically } from '../../record';

/** The little that must be true of the file for us to write into it; all else is kept as it is. */
const Whole = z.looseObject({ profiles: z.array(z.unknown()).default([]) });
const Entry = z.looseObject({ id: z.string() });

/** The user's own profiles: a file that both the user and hepbatch write. */
export class UserFile {
  constructor(readonly path: string) {}

  /**
   * Writes a profile, in the place of `replaces`, or as a new one. Keys that hepbatch does not know
   * stay. Throws `conflict` where a new one is there already, `not-found` where `replaces` is not,
   * `corrupt` where the file is none of profiles.
   */
  save(profile: ConnectionProfile, replaces: string | null): Promise<void> {
    return this._edit(entries => {
      const at = entries.findIndex(entry => idOf(entry) === (replaces ?? profile.id));
      if (replaces === null) {
        if (at >= 0) {
          const next = `Choose another id, or mend that profile in ${this.path}.`;
          throw new HepbatchError('conflict', `There is a profile ${profile.id}.`, { next });
        }
        return [...entries, profile];
      }
      const old = Entry.safeParse(this._found(entries, at, replaces));
      const kept = old.success ? old.data : {};
      return entries.map((entry, i) => (i === at ? { ...kept, ...profile } : entry));
    });
  }

  /** Takes a profile out. Throws `not-found`, and as `save`. */
  remove(id: string): Promise<void> {
    return this._edit(entries => {
      const at = entries.findIndex(entry => idOf(entry) === id);
      this._found(entries, at, id);
      return entries.filter((_entry, i) => i !== at);
    });
  }

  private _found(entries: readonly unknown[], at: number, id: string): unknown {
    if (at < 0) {
      throw new HepbatchError('not-found', `${this.path} has no profile ${id}.`, {
        next: 'Look at the list of connections.'
      });
    }
    return entries[at];
  }

  /** One after the other: each reads what the one before wrote. */
  private _edit(change: (entries: readonly unknown[]) => unknown[]): Promise<void> {
    const edit = async () => {
      const whole = await this._read();
      const text = JSON.stringify({ ...whole, profiles: change(whole.profiles) }, null, 2);
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 }).catch(fileError(this.path));
      await writeAtomically(this.path, `${text}\n`, { mode: 0o600 });
      await chmod(this.path, 0o600).catch(fileError(this.path)); // it may have been there before
    };
    const edited = this._last.then(edit);
    this._last = edited.catch(() => undefined); // who asked for it is told
    return edited;
  }

  private async _read(): Promise<z.output<typeof Whole>> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (cause) {
      return errnoOf(cause) === 'ENOENT'
        ? { version: 1, profiles: [] }
        : fileError(this.path)(cause);
    }
    try {
      return Whole.parse(JSON.parse(text));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      const next = `Repair ${this.path}, or move it away; nothing was changed.`;
      throw new HepbatchError('corrupt', `${this.path}: ${why}`, { next }, { cause });
    }
  }

  private _last: Promise<unknown> = Promise.resolve();
}

function idOf(entry: unknown): string | null {
  const found = Entry.safeParse(entry);
  return found.success ? found.data.id : null;
}
