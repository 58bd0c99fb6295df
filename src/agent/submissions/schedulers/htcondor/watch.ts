/** The states of all jobs of some clusters, with as few questions to the schedd as it takes. */
import { needAnswer } from '../command';
import type { Said } from '../command';
import { emptyRow } from '../scheduler';
import type { IJobRow, IWatched } from '../scheduler';
import { JOB_ATTRIBUTES, parseFactories, parseJobs, rowOf } from './answers';
import type { JobAd } from './answers';
import { clusterId } from './constraint';

/** Runs a command and says how it ended. */
type Say = (argv: readonly string[]) => Promise<Said>;

/** So many clusters in one question: the list of arguments stays far below what hosts take. */
const CLUSTERS = 2000;

/** Rows of one cluster by their proc. */
type Rows = Map<number, IJobRow>;

/** A row for each job, clusters in the order given. Throws `unreachable`, `corrupt`. */
export async function watch(
  say: Say,
  watched: readonly IWatched[]
): Promise<readonly (readonly IJobRow[])[]> {
  const rows = new Map<IWatched, Rows>(watched.map(one => [one, new Map()]));
  for (const part of partsOf(watched)) {
    await new Look(say, part, rows).take();
  }
  return watched.map(one => {
    const known = rows.get(one);
    return Array.from(
      { length: one.jobs },
      (_, proc) => known?.get(proc) ?? emptyRow(proc, 'unknown', 'not in queue or history')
    );
  });
}

/** A look at some clusters of one schedd. */
class Look {
  constructor(
    private readonly _say: Say,
    private readonly _clusters: readonly IWatched[],
    private readonly _rows: ReadonlyMap<IWatched, Rows>
  ) {
    this._schedd = _clusters[0]?.cluster.schedd ?? null;
  }

  async take(): Promise<void> {
    await this._queue(this._clusters);
    if (this._incomplete().length > 0) {
      await this._notMade();
    }
    const missing = this._incomplete();
    if (missing.length > 0) {
      await this._history(missing);
    }
  }

  private async _queue(clusters: readonly IWatched[]): Promise<void> {
    const said = await this._ask('condor_q', clusters, JOB_ATTRIBUTES);
    this._note(parseJobs(needAnswer(said, 'condor_q')), true);
  }

  /** Jobs that the schedd makes only when there is room; until then they are in no queue. */
  private async _notMade(): Promise<void> {
    const attributes = ['ClusterId', 'JobMaterializeNextProcId'];
    const said = await this._ask('condor_q', this._incomplete(), attributes, ['-factory']);
    const next = parseFactories(needAnswer(said, 'condor_q -factory'));
    const late = this._incomplete().filter(({ cluster }) => next.has(cluster.id));
    for (const one of late) {
      for (let proc = next.get(one.cluster.id) ?? 0; proc < one.jobs; proc++) {
        this._put(one, emptyRow(proc, 'pending', 'Not materialized'));
      }
    }
    if (late.length > 0) {
      await this._queue(late); // some were made between the two questions
    }
  }

  private async _history(missing: readonly IWatched[]): Promise<void> {
    const said = await this._ask('condor_history', missing, JOB_ATTRIBUTES);
    if (said.end === 'exited' && said.code === 0) {
      this._note(parseJobs(said.stdout), false);
    } // else they stay unknown, which is what they are
  }

  private _note(ads: readonly JobAd[], isQueued: boolean): void {
    const byId = new Map(this._clusters.map(one => [one.cluster.id, one]));
    for (const ad of ads) {
      const one = byId.get(String(ad.ClusterId));
      // The history may hold what the queue told a moment ago; the queue's word is the later one.
      if (one !== undefined && (isQueued || this._rows.get(one)?.has(ad.ProcId) !== true)) {
        this._put(one, rowOf(ad, isQueued));
      }
    }
  }

  private _put(one: IWatched, row: IJobRow): void {
    this._rows.get(one)?.set(row.proc, row);
  }

  private _incomplete(): readonly IWatched[] {
    return this._clusters.filter(one => {
      const rows = this._rows.get(one);
      const isMissing = (proc: number) => rows?.has(proc) !== true && one.isOver?.(proc) !== true;
      return (rows?.size ?? 0) < one.jobs && upTo(one.jobs).some(isMissing);
    });
  }

  private _ask(
    program: string,
    clusters: readonly IWatched[],
    attributes: readonly string[],
    more: readonly string[] = []
  ): Promise<Said> {
    const pin = this._schedd === null ? [] : ['-name', this._schedd];
    const ids = clusters.map(({ cluster }) => clusterId(cluster.id));
    return this._say([
      ...[program, ...pin, ...more, ...ids],
      ...['-json', '-attributes', attributes.join(',')]
    ]);
  }

  private readonly _schedd: string | null;
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, proc) => proc);
}

/** Parts of one schedd each, none too long for one command. */
function partsOf(watched: readonly IWatched[]): readonly (readonly IWatched[])[] {
  const bySchedd = new Map<string | null, IWatched[]>();
  for (const one of watched) {
    const { schedd } = one.cluster;
    bySchedd.set(schedd, [...(bySchedd.get(schedd) ?? []), one]);
  }
  return [...bySchedd.values()].flatMap(all =>
    Array.from({ length: Math.ceil(all.length / CLUSTERS) }, (_, part) =>
      all.slice(part * CLUSTERS, (part + 1) * CLUSTERS)
    )
  );
}
