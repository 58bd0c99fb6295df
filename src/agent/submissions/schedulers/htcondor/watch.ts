/** The states of all jobs of some clusters, with as few questions to the schedd as it takes. */
import { needAnswer } from '../command';
import type { Said } from '../command';
import { emptyRow } from '../scheduler';
import type { IJobRow, IWatched } from '../scheduler';
import { JOB_ATTRIBUTES, JobReader, parseFactories, rowOf } from './answers';
import { clusterId } from './constraint';

/** Runs a command and says how it ended; with `onStdout` what it prints is taken as it comes. */
type Say = (argv: readonly string[], onStdout?: (chunk: Buffer) => void) => Promise<Said>;

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
    const { said, note } = await this._askJobs('condor_q', clusters, true);
    needAnswer(said, 'condor_q');
    note();
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
    const { said, note } = await this._askJobs('condor_history', missing, false);
    if (said.end === 'exited' && said.code === 0) {
      note();
    } // else they stay unknown, which is what they are
  }

  /** Rows count only once the answer is known to be whole: `note` takes them, or throws `corrupt`. */
  private async _askJobs(
    program: 'condor_q' | 'condor_history',
    clusters: readonly IWatched[],
    isQueued: boolean
  ): Promise<{ readonly said: Said; readonly note: () => void }> {
    const byId = new Map(this._clusters.map(one => [one.cluster.id, one]));
    const told = new Map<IWatched, IJobRow[]>(clusters.map(one => [one, []]));
    const reader = new JobReader(ad => {
      const one = byId.get(String(ad.ClusterId));
      if (one !== undefined) {
        told.get(one)?.push(rowOf(ad, isQueued));
      }
    });
    const broken: unknown[] = [];
    const said = await this._ask(program, clusters, JOB_ATTRIBUTES, [], chunk => {
      try {
        reader.push(chunk);
      } catch (cause) {
        broken.push(cause); // told where the answer is used
      }
    });
    const note = () => {
      if (broken.length > 0) {
        throw broken[0];
      }
      reader.end();
      for (const [one, rows] of told) {
        // The history may hold what the queue told a moment ago; the queue's word is the later one.
        rows
          .filter(({ proc }) => isQueued || this._rows.get(one)?.has(proc) !== true)
          .forEach(row => this._put(one, row));
      }
    };
    return { said, note };
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
    more: readonly string[] = [],
    onStdout?: (chunk: Buffer) => void
  ): Promise<Said> {
    const pin = this._schedd === null ? [] : ['-name', this._schedd];
    const ids = clusters.map(({ cluster }) => clusterId(cluster.id));
    const asked = ['-json', '-attributes', attributes.join(',')];
    return this._say([program, ...pin, ...more, ...ids, ...asked], onStdout);
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
