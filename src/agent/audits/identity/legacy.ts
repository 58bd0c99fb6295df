import { join } from 'node:path';
import pLimit from 'p-limit';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import { untilCancelled } from '../../cancel';
import { lanes } from '../../lanes';
import { LineHelper, pythonModule } from '../../line-helper';
import type { Environment } from '../../run';
import { isRemote, lfnOf, localPath } from '../lfn';
import { parseHeader, truncationOf } from './header';
import { FirstHelper } from '../there/first-helper';
import { pythonThere } from '../there/python';
import type { IThereNow } from '../there/there';
import type { HeaderRead } from './local-headers';
import { readLocalHeader } from './local-headers';
import { readHeadersThere } from './there-headers';
import { UuidCache } from './uuid-cache';

/** Under which identifiers the chunks of one dataset are named. */
export interface IIdentities {
  /** One per URL; null where the header could not be read. */
  readonly ids: (string | null)[];
  /** Index of a URL whose file cannot be read -> why. */
  readonly unreadable: Map<number, string>;
  /** Why the dataset cannot be answered, or null. */
  readonly unknown: string | null;
  /** Remarks that do not spoil the answer, such as input files that lost their tail. */
  readonly notes: string[];
}

/** What reading headers needs of its surroundings. */
export interface ILegacyOptions {
  readonly env: Environment;
  readonly cacheFolder: string;
  /** Relative paths of the samples JSON begin here. */
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Files that nobody serves count as unreadable instead of making the dataset unknown. */
  readonly skipBadFiles: boolean;
  /** Headers that the XRootD helper has in flight; 128 where it is not said. */
  readonly inFlight?: number;
  /** The host where files without `root://` lie; null: this machine. */
  readonly there: IThereNow | null;
  /** Takes remarks that do not spoil the answer. */
  readonly warn: (text: string) => void;
}

/** Local files open at once, over all datasets of an audit. */
const LOCAL_IN_FLIGHT = 64;
/** So many UUIDs are written to the cache at once, so that a long reading that dies is not lost. */
const CACHE_BATCH = 500;

/** The Python module that reads them off XRootD servers. */
const HEADERS = 'hepbatch.xrootd_headers';

const Said = z.union([
  z.object({ hex: z.string().regex(/^([0-9a-f]{2})*$/), size: z.int().nullable() }),
  z.object({ error: z.string(), transport: z.boolean() })
]);

/**
 * Reads the UUIDs of input files: plain ones on the disk where they lie, those of XRootD servers
 * through one Python program that serves all datasets of an audit, each at most once in the life of
 * the cache. With another host it runs there, where the proxy is, if the Python there can do it.
 */
export class LegacyIdentity {
  constructor(private readonly _options: ILegacyOptions) {
    const { env, cacheFolder, timeoutMs, inFlight = 128, there, warn } = _options;
    this._cache = new UuidCache(join(cacheFolder, 'uuids.tsv'));
    const args = ['--in-flight', String(inFlight), '--timeout', String(timeoutMs / 1000)];
    const common = {
      reply: Said,
      // Two tries and a pause for each file, and the start of Python.
      stallMs: 2 * timeoutMs + 60_000,
      window: 4 * inFlight
    };
    const here = new LineHelper({ ...pythonModule(env, HEADERS, args), ...common });
    this._helper =
      there === null
        ? here
        : new FirstHelper(
            new LineHelper({ ...pythonThere(there, env, [HEADERS], args), ...common }),
            here,
            why => warn(`Headers of root:// files were read from this machine: ${why}`)
          );
  }

  /** The identifiers of the files of one dataset. Throws `cancelled`. */
  async identify(urls: readonly string[], signal: AbortSignal): Promise<IIdentities> {
    const ids = urls.map((): string | null => null);
    const unreadable = new Map<number, string>();
    const notes: string[] = [];
    let unknown: string | null = null;
    /** Takes what was read of one file; false ends the reading, since the answer is settled. */
    const take = (i: number, read: HeaderRead): boolean => {
      const url = urls[i] ?? '';
      if ('header' in read) {
        ids[i] = read.header.uuid;
        const truncated = read.size === null ? null : truncationOf(read.header, read.size);
        if (truncated !== null) {
          notes.push(`${url}: ${truncated}`);
        }
      } else if (read.transport && !this._options.skipBadFiles) {
        unknown ??= `the header of ${url} could not be read: ${read.error}`;
      } else {
        unreadable.set(i, read.error);
      }
      return unknown === null;
    };
    const isWanted = () => unknown === null && !signal.aborted;
    const all = urls.map((_url, i) => i);
    const local = all.filter(i => !isRemote(urls[i] ?? ''));
    const remote = all.filter(i => isRemote(urls[i] ?? ''));
    try {
      const reading = this._plain(urls, local, isWanted, take);
      await untilCancelled('The reading of headers', reading, signal);
      if (isWanted()) {
        await this._remote(urls, remote, signal, ids, take);
      }
    } catch (error) {
      if (!(error instanceof HepbatchError) || error.code === 'cancelled') {
        throw error;
      }
      unknown ??= `${error.message} (next: ${error.data.next})`;
    }
    return { ids, unreadable, unknown, notes };
  }

  /** Ends the helper; the object is not asked after that. */
  dispose(): Promise<void> {
    return this._helper.dispose();
  }

  private async _plain(
    urls: readonly string[],
    wanted: readonly number[],
    isWanted: () => boolean,
    take: (index: number, read: HeaderRead) => boolean
  ): Promise<void> {
    const { cwd, timeoutMs, there } = this._options;
    if (there !== null) {
      const paths = wanted.map(i => localPath(urls[i] ?? '', cwd));
      const headers = await readHeadersThere(there.reader, paths);
      headers.every((read, n) => take(wanted[n] ?? 0, read));
      return;
    }
    await lanes(wanted.length, LOCAL_IN_FLIGHT, async n => {
      const i = wanted[n] ?? 0;
      const path = localPath(urls[i] ?? '', cwd);
      const read = await this._open(() => (isWanted() ? readLocalHeader(path, timeoutMs) : null));
      if (read !== null) {
        take(i, read);
      }
    });
  }

  private async _remote(
    urls: readonly string[],
    wanted: readonly number[],
    signal: AbortSignal,
    ids: (string | null)[],
    take: (index: number, read: HeaderRead) => boolean
  ): Promise<void> {
    const lfns = urls.map(lfnOf);
    const absent: number[] = [];
    for (const i of wanted) {
      const lfn = lfns[i] ?? null;
      const uuid = lfn === null ? undefined : await this._cache.get(lfn);
      ids[i] = uuid ?? null;
      if (uuid === undefined) {
        absent.push(i);
      }
    }
    const asked = absent.map(i => urls[i] ?? '');
    let fresh: [string, string][] = [];
    const keep = async () => {
      const batch = fresh;
      fresh = [];
      await this._cache.add(batch);
    };
    try {
      await this._helper.ask(asked, signal, (n, said) => {
        const i = absent[n] ?? 0;
        const read = readOf(said);
        const lfn = lfns[i] ?? null;
        if (lfn !== null && 'header' in read) {
          fresh.push([lfn, read.header.uuid]);
        }
        if (fresh.length >= CACHE_BATCH) {
          void keep();
        }
        return take(i, read);
      });
    } finally {
      await keep();
    }
  }

  private readonly _open = pLimit(LOCAL_IN_FLIGHT);
  private readonly _cache: UuidCache;
  private readonly _helper: Pick<LineHelper<z.output<typeof Said>>, 'ask' | 'dispose'>;
}

function readOf(said: z.output<typeof Said>): HeaderRead {
  if ('error' in said) {
    return said;
  }
  try {
    return { header: parseHeader(Buffer.from(said.hex, 'hex')), size: said.size };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), transport: false };
  }
}
