/** What the entries of a journal make of each cluster: pure. */
import type { IClusterId } from '../schedulers/scheduler';
import type { Entry } from './entries';

/**
 * Where a cluster is. `submitting`: an intent without an outcome; unless somebody is at it right now,
 * that is as unknown as `unknown`. Sent again are only `prepared`, `refused` and `absent`.
 */
export type Sending = 'prepared' | 'submitting' | 'submitted' | 'refused' | 'unknown' | 'absent';

/** One cluster of a submission. */
export interface ISentCluster {
  readonly name: string;
  readonly jobs: number;
  readonly record: string;
  readonly state: Sending;
  /** Where it is `submitted`. */
  readonly cluster: IClusterId | null;
  readonly surplus: readonly IClusterId[];
  /** Why it was refused, or is not known. */
  readonly words: string | null;
  readonly warnings: readonly string[];
  readonly attempts: number;
  /** When it was last tried, in milliseconds. */
  readonly triedAt: number | null;
  /** When looks for it began that found nothing, since it was last tried. */
  readonly missed: readonly number[];
  /** Whether the file that fences its jobs is known to name it. */
  readonly isFenced: boolean;
}

/** All clusters, in the order of the plan. */
export function clustersOf(entries: readonly Entry[]): readonly ISentCluster[] {
  return new SentClusters(entries).all;
}

/** The clusters of a list of entries that grows: what is new in it alone is gone through. */
export class SentClusters {
  constructor(readonly entries: readonly Entry[]) {}

  /** In the order of the plan; the same list as before unless an entry was added. */
  get all(): readonly ISentCluster[] {
    this._keepUp();
    return (this._all ??= [...this._clusters.values()]);
  }

  get(name: string): ISentCluster | undefined {
    this._keepUp();
    return this._clusters.get(name);
  }

  private _keepUp(): void {
    for (; this._seen < this.entries.length; this._seen++) {
      const entry = this.entries[this._seen];
      if (entry !== undefined) {
        this._take(entry);
      }
    }
  }

  private _take(entry: Entry): void {
    this._all = null;
    if (entry.type === 'created') {
      for (const planned of entry.clusters) {
        this._clusters.set(planned.name, { ...planned, ...PREPARED });
      }
      return;
    }
    const before = this._clusters.get(entry.name);
    if (before !== undefined) {
      this._clusters.set(entry.name, { ...before, ...changeOf(entry, before) });
    }
  }

  private readonly _clusters = new Map<string, ISentCluster>();
  private _all: readonly ISentCluster[] | null = null;
  private _seen = 0;
}

/** Whether sending it can double nothing. */
export function maySend({ state }: ISentCluster): boolean {
  return state === 'prepared' || state === 'refused' || state === 'absent';
}

/** Whether it has to be looked for. */
export function isOpen({ state }: ISentCluster): boolean {
  return state === 'submitting' || state === 'unknown';
}

const PREPARED = {
  state: 'prepared',
  cluster: null,
  surplus: [],
  words: null,
  warnings: [],
  attempts: 0,
  triedAt: null,
  missed: [],
  isFenced: false
} as const;

function changeOf(
  entry: Exclude<Entry, { type: 'created' }>,
  before: ISentCluster
): Partial<ISentCluster> {
  switch (entry.type) {
    case 'intent':
      return {
        state: 'submitting',
        words: null,
        attempts: entry.attempt,
        triedAt: entry.at,
        missed: []
      };
    case 'submitted':
      return {
        state: 'submitted',
        cluster: entry.cluster,
        surplus: entry.surplus,
        warnings: entry.warnings,
        words: null
      };
    case 'refused':
      return { state: 'refused', words: entry.words };
    case 'unknown':
      return { state: 'unknown', words: entry.why };
    case 'missed':
      return { missed: [...before.missed, entry.since] };
    case 'absent':
      return { state: 'absent', words: null };
    case 'fenced':
      return { isFenced: true };
  }
}
