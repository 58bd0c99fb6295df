import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** A real parquet file with so many rows. */
export function parquetBytes(rows = 3, sumGenw = true): Buffer {
  const pt = Array.from({ length: rows }, (_, i) => 30 + i / 2);
  const kvMetadata = sumGenw ? [{ key: 'sum_genw_presel', value: '3.0' }] : [];
  const columnData = [{ name: 'pt', data: pt, type: 'DOUBLE' as const }];
  return Buffer.from(parquetWriteBuffer({ columnData, kvMetadata }));
}

/** A folder of outputs, made file by file, with the samples JSON and the events beside it. */
export class Tree {
  readonly root = mkdtempSync(join(tmpdir(), 'hepbatch-tree-'));
  readonly source = join(this.root, 'out');
  readonly samplesJson = join(this.root, 'samples.json');
  readonly eventsJson = join(this.root, 'events.json');
  /** Without prototype: a dataset may be called anything, `__proto__` too. */
  readonly samples = Object.create(null) as Record<string, string[]>;
  readonly events = Object.create(null) as Record<string, Record<string, number | null>>;

  constructor() {
    mkdirSync(this.source);
  }

  /** Adds an input file, with its number of events where one is given. */
  input(dataset: string, stem: string, events?: number | null): string {
    const url = `root://xrootd.example//store/mc/Era/${dataset}/NANOAODSIM/v1-v2/2550000/${stem}.root`;
    (this.samples[dataset] ??= []).push(url);
    if (events !== undefined) {
      (this.events[dataset] ??= {})[url] = events;
    }
    return url;
  }

  /** Writes a chunk, `<dataset>/<variation>/<name>`. */
  chunk(path: string, rows = 3): string {
    return this.file(path, parquetBytes(rows));
  }

  /** In place of what has that name; never into what a link leads to, which may be the system's. */
  file(path: string, content: string | Buffer): string {
    const full = join(this.source, path);
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { force: true });
    writeFileSync(full, content, { flag: 'wx' });
    return full;
  }

  folder(path: string): void {
    mkdirSync(join(this.source, path), { recursive: true });
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.source, path)), { recursive: true });
    symlinkSync(target, join(this.source, path));
  }

  cut(path: string, bytes: number): void {
    truncateSync(join(this.source, path), bytes);
  }

  /** Writes the JSON files as they stand now. */
  save(): this {
    writeFileSync(this.samplesJson, JSON.stringify(this.samples));
    writeFileSync(this.eventsJson, JSON.stringify(this.events));
    return this;
  }
}
