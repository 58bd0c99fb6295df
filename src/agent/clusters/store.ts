import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  ClusterBackend,
  ClusterId,
  ClusterOptions,
  ConnectionId,
  Failure,
  HostAddress,
  Interpreter,
  Versions
} from '../../contract';
import { errnoOf } from '../errno';
import type { ILog } from '../log';
import { readRecord, writeAtomically } from '../record';

/**
 * What this agent knows of a cluster it was asked for. `begun`: it may or may not have a supervisor;
 * `up`: it had one; `ended`: it has none, and nothing of it runs.
 */
export const ClusterRecord = z.object({
  version: z.literal(1),
  id: ClusterId,
  name: z.string(),
  connection: ConnectionId,
  address: HostAddress,
  backend: ClusterBackend,
  options: ClusterOptions,
  interpreter: z.object({
    chosen: Interpreter.nullable(),
    argv: z.array(z.string()).min(1),
    versions: Versions
  }),
  folder: z.string(),
  host: z.string(),
  phase: z.enum(['begun', 'up', 'ended']),
  stopping: z.boolean().meta({ description: 'Somebody wants it to end' }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  failure: Failure.nullable()
});
export type ClusterRecord = z.output<typeof ClusterRecord>;

/** The records of the clusters that this agent started, `<state>/clusters/<id>.json`. */
export class ClusterStore {
  constructor(
    stateFolder: string,
    private readonly _log: ILog
  ) {
    this._folder = join(stateFolder, 'clusters');
  }

  /** All of them; one that cannot be read is left where it is and told to the log. */
  async load(): Promise<ClusterRecord[]> {
    const names = await readdir(this._folder).catch((cause: unknown) => {
      if (errnoOf(cause) === 'ENOENT') {
        return [];
      }
      throw cause;
    });
    const records: ClusterRecord[] = [];
    for (const name of names.filter(name => /^[a-z0-9-]+\.json$/.test(name))) {
      try {
        const record = await readRecord(join(this._folder, name), ClusterRecord);
        if (record !== null) {
          records.push(record);
        }
      } catch (error) {
        this._log.warn(`record ${name} of a cluster is left out`, error);
      }
    }
    return records;
  }

  /** Writes one; it is on the disk when this resolves. */
  async save(record: ClusterRecord): Promise<void> {
    await mkdir(this._folder, { recursive: true, mode: 0o700 });
    await writeAtomically(this._pathOf(record.id), JSON.stringify(record, null, 1), {
      mode: 0o600
    });
  }

  async remove(id: string): Promise<void> {
    await rm(this._pathOf(id), { force: true });
  }

  private _pathOf(id: string): string {
    return join(this._folder, `${id}.json`);
  }

  private readonly _folder: string;
}
