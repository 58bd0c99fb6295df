/** What a source says of the input files of one dataset. */
export type Expected =
  | {
      readonly state: 'known';
      /** One per URL; null: not in the catalogue, or there without a number. */
      readonly events: (number | null)[];
      /** Index of a URL whose file cannot be read -> why; only where the files are counted. */
      readonly unreadable: Map<number, string>;
    }
  | { readonly state: 'unknown'; readonly reason: string };

/** Tells how many events each input file has; one object serves a whole audit. */
export interface IExpectedSource {
  readonly kind: 'das' | 'events' | 'count';
  /** Throws `cancelled`; whatever else goes wrong is the dataset's `unknown` with its reason. */
  events(dataset: string, urls: readonly string[], signal: AbortSignal): Promise<Expected>;
  /** Ends what the source keeps running, where it does; it is not asked after that. */
  dispose?(): Promise<void>;
}
