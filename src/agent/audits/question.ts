/** What a worker is asked about one dataset; plain data that crosses threads. */
export interface IQuestion {
  readonly dataset: string;
  /** Absolute path of `<source>/<dataset>`. */
  readonly folder: string;
  /** What another host listed there; null: the folder is on this machine. */
  readonly listing: IListing | null;
  /**
   * Identifier of each input file, joined by NUL, which no path can hold; empty where it could not
   * be read. One string crosses threads many times faster than an array of them.
   */
  readonly ids: string;
  /** Why an input file could not be read, by index. */
  readonly unreadable: ReadonlyMap<number, string>;
  /** Events of each input file, NaN where the catalogue has none; null: no catalogue was asked. */
  readonly expected: Float64Array | null;
  /** Identifiers of input files beyond the limit; null: any, since they were not read. */
  readonly others: readonly string[] | null;
  /** First folder names below `folder` that belong to other datasets. */
  readonly nested: readonly string[];
  readonly variations: 'all' | 'nominal';
  readonly check: 'new' | 'all' | 'names';
  readonly chunk: number | null;
  readonly cacheFolder: string;
  /** Index of an input file to how often its job's log says that no event survived. */
  readonly emptyInLogs: ReadonlyMap<number, number>;
}

/** The folder of a dataset as another host listed it; plain data that crosses threads. */
export interface IListing {
  /** Names the host in caches. */
  readonly host: string;
  /** Records of the listing, see `ListedTree`; null: there is no such folder. */
  readonly records: Uint8Array | null;
  /** Folders that could not be listed, from the dataset's on, and the system's words for why. */
  readonly faults: ReadonlyMap<string, string>;
}

/** Puts lines to the program that reads files on another host; see `Reader`. Rejects with `UnreadableTree`. */
export type AskHost = (lines: string) => Promise<Uint8Array>;

/** What was found about one dataset; columns are by index of the input file. */
export interface IAnswer {
  /** Index into FILE_STATUSES. */
  readonly status: Uint8Array;
  /** Entries in nominal, double counts counted. */
  readonly found: Float64Array;
  /** Chunks in nominal. */
  readonly chunks: Uint32Array;
  readonly faults: readonly IFault[];
  /** Index of each file that goes into the resubmission. */
  readonly resubmit: readonly number[];
  /** `<variation>/<file>` of all chunks of files to be resubmitted. */
  readonly stale: readonly string[];
  readonly foreign: readonly string[];
  readonly variations: readonly string[];
  /** Why the dataset could not be answered; everything else is empty then. */
  readonly unknown: string | null;
}

/** One input file that is neither complete nor without events. */
export interface IFault {
  readonly index: number;
  readonly missing: readonly (readonly [number, number])[];
  readonly chunks: readonly string[];
  readonly reason: string;
}

/** How far a worker is with its dataset, as differences since its last message. */
export interface IStep {
  readonly listed: number;
  readonly opened: number;
}
