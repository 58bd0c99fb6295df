import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const LINE = /^(\/store\/[\x21-\x7e]+)\t([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * LFN -> UUID of the ROOT header, for ever: a file that was published under an LFN never changes.
 * A text file that is only appended to, so several programs may write it at once.
 */
export class UuidCache {
  constructor(private readonly _path: string) {}

  async get(lfn: string): Promise<string | undefined> {
    return (await this._load()).get(lfn);
  }

  /** Keeps pairs, on the disk with one write; where that fails they are only read again next time. */
  async add(pairs: readonly (readonly [lfn: string, uuid: string])[]): Promise<void> {
    const known = await this._load();
    const fresh = pairs.filter(([lfn, uuid]) => known.get(lfn) !== uuid);
    const lines = fresh.map(([lfn, uuid]) => `${lfn}\t${uuid}`).filter(line => LINE.test(line));
    if (lines.length === 0) {
      return;
    }
    fresh.forEach(([lfn, uuid]) => known.set(lfn, uuid));
    // The first newline ends a line that another writer left torn.
    const batch = Buffer.from(`\n${lines.join('\n')}\n`);
    try {
      await mkdir(dirname(this._path), { recursive: true, mode: 0o700 });
      const file = await open(this._path, 'a', 0o600);
      try {
        await file.write(batch);
      } finally {
        await file.close();
      }
    } catch {
      return;
    }
  }

  private _load(): Promise<Map<string, string>> {
    this._loaded ??= readFile(this._path, 'utf8')
      .catch(() => '')
      .then(text => {
        const known = new Map<string, string>();
        // After the last newline: torn, or still being written.
        for (const line of text.split('\n').slice(0, -1)) {
          const [, lfn, uuid] = LINE.exec(line) ?? [];
          if (lfn !== undefined && uuid !== undefined) {
            known.set(lfn, uuid);
          }
        }
        return known;
      });
    return this._loaded;
  }

  private _loaded: Promise<Map<string, string>> | null = null;
}
