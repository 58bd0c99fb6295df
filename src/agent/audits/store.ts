import { readdir, rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Audit } from '../../contract';
import type { ILog } from '../log';
import { errnoOf } from '../errno';
import { readRecord, writeAtomically } from '../record';
import { KeptResult, type IResult } from './result';

/** An audit as it lies on the disk. */
const KeptAudit = z.object({ version: z.literal(1), audit: Audit });

/** How many ended audits are remembered. */
const KEPT = 50;

/**
 * The records of ended audits, in `<state>/audits`: `<id>.json` says what was asked and how it
 * ended, `<id>.result.json` what was found.
 */
export class AuditStore {
  constructor(
    stateFolder: string,
    private readonly _log: ILog
  ) {
    this._folder = join(stateFolder, 'audits');
    mkdirSync(this._folder, { recursive: true, mode: 0o700 });
  }

  /** All records, newest first; one that cannot be read is left where it is and told to the log. */
  async load(): Promise<Audit[]> {
    const names = await readdir(this._folder);
    const audits: Audit[] = [];
    for (const name of names.filter(name => /^[\w-]+\.json$/.test(name))) {
      try {
        const kept = await readRecord(join(this._folder, name), KeptAudit);
        if (kept) {
          audits.push(kept.audit);
        }
      } catch (error) {
        this._log.warn(`record ${name} is left out`, error);
      }
    }
    return audits.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** What was found, or null where that is not kept. Throws `corrupt`. */
  async result(id: string): Promise<IResult | null> {
    const kept = await readRecord(this._resultOf(id), KeptResult);
    return (
      kept && {
        notInJson: kept.notInJson,
        datasets: kept.datasets.map(dataset => ({ ...dataset, outcome: null }))
      }
    );
  }

  /** Writes an ended audit, and forgets the oldest beyond the limit. Throws as `writeAtomically`. */
  async save(audit: Audit, result: IResult | null): Promise<void> {
    if (result) {
      const datasets = result.datasets.map(({ row, problems, stale, foreign }) => ({
        row,
        problems,
        stale,
        foreign
      }));
      const kept: KeptResult = { version: 1, notInJson: [...result.notInJson], datasets };
      await writeAtomically(this._resultOf(audit.id), JSON.stringify(kept), { mode: 0o600 });
    }
    const record = JSON.stringify({ version: 1, audit }, null, 1);
    await writeAtomically(join(this._folder, `${audit.id}.json`), record, { mode: 0o600 });
    const old = (await this.load()).slice(KEPT);
    await Promise.all(old.map(({ id }) => this.remove(id)));
  }

  async remove(id: string): Promise<void> {
    for (const path of [join(this._folder, `${id}.json`), this._resultOf(id)]) {
      await rm(path).catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') {
          throw error;
        }
      });
    }
  }

  private _resultOf(id: string): string {
    return join(this._folder, `${id}.result.json`);
  }

  private readonly _folder: string;
}
