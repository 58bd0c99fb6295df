/** All jobs of a submission: one row each, counted as they change. */
import type { JobCounts, JobSelection, SubmissionJob } from '../../../contract';
import { exitCodeOfHold } from '../schedulers/htcondor/hold-reasons';
import { emptyRow } from '../schedulers/scheduler';
import type { IJobRow, JobState } from '../schedulers/scheduler';
import { isSameRow } from './row';
import type { IWatchedRow } from './row';

/** Jobs of one cluster that were chosen. */
export interface IChosen {
  /** Name of the cluster in the submission. */
  readonly cluster: string;
  readonly rows: readonly IWatchedRow[];
  /** The rest of its jobs. */
  readonly others: readonly IWatchedRow[];
}

/** The jobs of one cluster. */
interface ICluster {
  readonly dataset: string;
  readonly rows: IWatchedRow[];
}

/** Texts that are many times the same are kept once; so many different ones at most. */
const TEXTS = 20_000;

/** The rows of all clusters. */
export class JobTable {
  /** @param revision - that of the last change of an earlier table */
  constructor(revision: number) {
    this._revision = revision;
  }

  /** Grows with each change. */
  get revision(): number {
    return this._revision;
  }

  /** How many jobs there are. */
  get size(): number {
    return this._size;
  }

  /** Adds a cluster of which nothing is known but how its jobs begin; one of that name is replaced. */
  add(name: string, dataset: string, jobs: number, first: Pick<IJobRow, 'state' | 'said'>): void {
    const rows = Array.from({ length: jobs }, (_, proc) => ({
      ...emptyRow(proc, first.state, first.said),
      error: null,
      isUnwanted: false,
      revision: ++this._revision
    }));
    this._set(name, dataset, rows);
  }

  /** Adds a cluster as an earlier table had it; its revisions are not above that of this one. */
  restore(name: string, dataset: string, rows: readonly IWatchedRow[]): void {
    this._set(
      name,
      dataset,
      rows.map(row => this._shared(row))
    );
  }

  has(name: string): boolean {
    return this._clusters.has(name);
  }

  /** Undefined where there is no such job. */
  row(name: string, proc: number): IWatchedRow | undefined {
    return this._clusters.get(name)?.rows[proc];
  }

  /** The rows of a cluster, in the order of their proc. */
  rows(name: string): readonly IWatchedRow[] {
    return this._clusters.get(name)?.rows ?? [];
  }

  /** Puts a row in the place of the one of its proc, unless it is the same. */
  put(name: string, row: IWatchedRow): void {
    const cluster = this._clusters.get(name);
    const before = cluster?.rows[row.proc];
    if (cluster === undefined || before === undefined || isSameRow(before, row)) {
      return;
    }
    if (before.state !== row.state) {
      this._count(cluster.dataset, before.state, -1);
      this._count(cluster.dataset, row.state, 1);
    }
    cluster.rows[row.proc] = { ...this._shared(row), revision: ++this._revision };
  }

  /** Of one dataset, or of all. */
  counts(dataset?: string): JobCounts {
    const counts: Partial<Record<JobState, number>> = {};
    for (const [name, ofDataset] of this._counts) {
      if (dataset === undefined || dataset === name) {
        for (const [state, count] of ofDataset) {
          counts[state] = (counts[state] ?? 0) + count;
        }
      }
    }
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }

  /** All jobs with their clusters and datasets. */
  *all(): Generator<{ readonly cluster: string; readonly dataset: string; row: IWatchedRow }> {
    for (const [cluster, { dataset, rows }] of this._clusters) {
      for (const row of rows) {
        yield { cluster, dataset, row };
      }
    }
  }

  /** The jobs that changed after a revision, the first `most` of them. */
  after(
    revision: number,
    most: number,
    reasonOf: (dataset: string, row: IWatchedRow) => string | null
  ): { jobs: SubmissionJob[]; revision: number; more: boolean } {
    const changed: { cluster: string; dataset: string; row: IWatchedRow }[] = [];
    for (const [cluster, { dataset, rows }] of this._clusters) {
      for (const row of rows) {
        if (row.revision > revision) {
          changed.push({ cluster, dataset, row });
        }
      }
    }
    changed.sort((a, b) => a.row.revision - b.row.revision);
    const told = changed.slice(0, most);
    const more = changed.length > told.length;
    return {
      jobs: told.map(({ cluster, dataset, row }) =>
        jobOf(cluster, dataset, row, reasonOf(dataset, row))
      ),
      // What changed last is asked from, so that a job that changes meanwhile is told again.
      revision: more ? (told.at(-1)?.row.revision ?? revision) : Math.max(this._revision, revision),
      more
    };
  }

  /** The jobs of a selection, in the order of the clusters; clusters without any are left out. */
  chosen(selection: JobSelection): readonly IChosen[] {
    const wanted = new Map(
      selection.kind === 'jobs'
        ? selection.jobs.map(({ cluster, procs }) => [cluster, new Set(procs)])
        : []
    );
    const isChosen = (cluster: string, dataset: string, row: IWatchedRow) => {
      switch (selection.kind) {
        case 'all':
          return true;
        case 'states':
          return (
            selection.states.includes(row.state) &&
            (selection.dataset === null || selection.dataset === dataset)
          );
        case 'jobs':
          return wanted.get(cluster)?.has(row.proc) === true;
      }
    };
    return [...this._clusters].flatMap(([cluster, { dataset, rows }]) => {
      const chosen = new Set(rows.filter(row => isChosen(cluster, dataset, row)));
      const others = rows.filter(row => !chosen.has(row));
      return chosen.size === 0 ? [] : [{ cluster, rows: [...chosen], others }];
    });
  }

  private _set(name: string, dataset: string, rows: IWatchedRow[]): void {
    const before = this._clusters.get(name);
    for (const { state } of before?.rows ?? []) {
      this._count(before?.dataset ?? dataset, state, -1);
    }
    for (const { state } of rows) {
      this._count(dataset, state, 1);
    }
    this._size += rows.length - (before?.rows.length ?? 0);
    this._clusters.set(name, { dataset, rows });
  }

  /** With texts that other rows have too. */
  private _shared(row: IWatchedRow): IWatchedRow {
    return {
      ...row,
      said: this._text(row.said),
      reason: row.reason === null ? null : this._text(row.reason),
      node: row.node === null ? null : this._text(row.node),
      error: row.error === null ? null : this._text(row.error)
    };
  }

  private _count(dataset: string, state: JobState, by: number): void {
    const counts = this._counts.get(dataset) ?? new Map<JobState, number>();
    counts.set(state, (counts.get(state) ?? 0) + by);
    this._counts.set(dataset, counts);
  }

  private _text(text: string): string {
    const known = this._texts.get(text);
    if (known !== undefined) {
      return known;
    }
    if (this._texts.size >= TEXTS) {
      this._texts.clear();
    }
    this._texts.set(text, text);
    return text;
  }

  private _revision: number;
  private _size = 0;
  private readonly _clusters = new Map<string, ICluster>();
  private readonly _counts = new Map<string, Map<JobState, number>>();
  private readonly _texts = new Map<string, string>();
}

function jobOf(
  cluster: string,
  dataset: string,
  row: IWatchedRow,
  reason: string | null
): SubmissionJob {
  return {
    cluster,
    proc: row.proc,
    dataset,
    state: row.state,
    native: row.said,
    reason,
    code: row.hold?.code ?? null,
    subcode: row.hold?.subcode ?? null,
    exitCode: row.exitCode ?? (row.hold === null ? null : exitCodeOfHold(row.hold)),
    exitSignal: row.exitSignal,
    wallSeconds: row.wallSeconds,
    memoryMb: row.memoryMb,
    requestedMemoryMb: row.requestedMemoryMb,
    starts: row.starts,
    node: row.node,
    since: row.since
  };
}
