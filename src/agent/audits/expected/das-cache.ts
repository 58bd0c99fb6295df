import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { DasFiles } from './das-answer';
import type { IDasProgram } from './das-program';

const HOUR_MS = 3_600_000;
/** Datasets in production grow and files become invalid, but not while one looks. */
const VALID_MS = 12 * HOUR_MS;

const Record = z.object({
  version: z.literal(1),
  client: z.string(),
  query: z.string(),
  at: z.number(),
  files: z.array(z.tuple([z.string(), z.int().nonnegative().nullable()]))
});

/** Good answers of one dasgoclient, a JSON file per query; a lost or broken one is asked again. */
export class DasCache {
  constructor(
    private readonly _folder: string,
    private readonly _program: IDasProgram,
    private readonly _now: () => number
  ) {}

  /** The answer of at most twelve hours ago, or null. */
  async get(query: string): Promise<DasFiles | null> {
    try {
      const client = await this._program.identity();
      const said: unknown = JSON.parse(await readFile(this._path(client, query), 'utf8'));
      const record = Record.parse(said);
      const age = this._now() - record.at;
      const isOurs = record.client === client && record.query === query;
      return isOurs && age >= 0 && age < VALID_MS ? new Map(record.files) : null;
    } catch {
      return null; // absent, torn or of another version: all the same to a cache
    }
  }

  /** Keeps an answer; a full disk only means that it is asked again. */
  async put(query: string, files: DasFiles): Promise<void> {
    const draft = join(this._folder, `.${randomUUID()}.tmp`);
    try {
      const client = await this._program.identity();
      const record: z.input<typeof Record> = {
        version: 1,
        client,
        query,
        at: this._now(),
        files: [...files]
      };
      await mkdir(this._folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
      await rename(draft, this._path(client, query));
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  private _path(client: string, query: string): string {
    const key = createHash('sha256').update(`${client}\n${query}`).digest('hex');
    return join(this._folder, `${key}.json`);
  }
}
