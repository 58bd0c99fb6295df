/** What every batch system can be asked, whatever its commands are: types, nothing that acts. */
import type { IPlannedCluster, SubmissionScheduler } from '../plan';

/** Our words for what a job does; `unknown` is neither failed nor done. */
export type JobState =
  'pending' | 'running' | 'held' | 'succeeded' | 'failed' | 'removed' | 'unknown';

/** What one call of a scheduler made there: a cluster of HTCondor, an array or a job of Slurm. */
export interface IClusterId {
  /** Of HTCondor, without which `id` names nothing; null where there is but one. */
  readonly schedd: string | null;
  /** ClusterId, the job id of Slurm (of the array), or HEPBATCH_CLUSTER of a local run. */
  readonly id: string;
}

/**
 * What came of a submission. `unknown`: it may have been done, so it is looked for by its token before
 * anything is sent again.
 */
export type SubmitOutcome =
  | {
      readonly end: 'submitted';
      readonly cluster: IClusterId;
      /** Null where the scheduler does not say it. */
      readonly jobs: number | null;
      /** What it said beside, such as a line of the submit file that it does not know. */
      readonly warnings: readonly string[];
    }
  | { readonly end: 'refused'; readonly words: string }
  | { readonly end: 'unknown'; readonly why: string };

/** A cluster that carries a token, as queue or history tell of it. */
export interface IFoundCluster {
  readonly cluster: IClusterId;
  /** `IPlannedCluster.name`; null where the scheduler kept the token and lost the name. */
  readonly name: string | null;
  /** Jobs that were seen of it; those not yet materialised do not count. */
  readonly jobs: number;
}

/** Whose clusters are looked for. */
export interface IWanted {
  readonly token: string;
  /** Null: on the schedd that answers by default. */
  readonly schedd: string | null;
  /** Working folder of the submit commands, which no two submissions share. */
  readonly jobsFolder: string;
  /** When the first of them may have been submitted, in milliseconds. */
  readonly sinceMs: number;
}

/** All clusters of a token. Nothing found is only worth something where `gaps` is empty. */
export interface IFound {
  readonly clusters: readonly IFoundCluster[];
  /** Places that could not be looked into, each with the reason; jobs that ended may lie there. */
  readonly gaps: readonly string[];
}

/** A cluster in the queue that has a file in some folder. */
export interface IInFolder {
  /** Absolute: its log or its script. */
  readonly file: string;
  readonly cluster: IClusterId;
}

/** Why a job does not run on, in numbers and words of the scheduler. */
export interface IHold {
  readonly code: number | null;
  readonly subcode: number | null;
  readonly reason: string;
}

/** A job as the scheduler tells of it; what it does not tell is null. */
export interface IJobRow {
  /** ProcId, or the index in the array. */
  readonly proc: number;
  readonly state: JobState;
  /** The scheduler's own word for the state, such as `Idle` or `OUT_OF_MEMORY`. */
  readonly said: string;
  readonly hold: IHold | null;
  /** Why it waits or failed, in the scheduler's words. */
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly exitSignal: number | null;
  readonly wallSeconds: number | null;
  readonly memoryMb: number | null;
  readonly requestedMemoryMb: number | null;
  readonly starts: number | null;
  readonly node: string | null;
  /** When it came into this state, in seconds since 1970. */
  readonly since: number | null;
}

/** A cluster whose jobs are asked for. */
export interface IWatched {
  readonly cluster: IClusterId;
  /** As many as were submitted, materialised or not. */
  readonly jobs: number;
  /** Jobs that are known to be over: the history is not asked for them. Absent: none is. */
  readonly isOver?: (proc: number) => boolean;
}

/** What is changed of jobs that do not run; absent is left as it is. */
export interface IJobChange {
  readonly memoryMb?: number;
  /** The job flavour of lxplus, the partition of Slurm. */
  readonly queue?: string;
  readonly walltimeSeconds?: number;
  /** Nodes where they must not run any more. */
  readonly excludeNodes?: readonly string[];
}

/** Jobs of one cluster; `procs` null: all of them. */
export interface ISelection {
  readonly cluster: IClusterId;
  readonly procs: readonly number[] | null;
}

/** What came of an action; `words` are the scheduler's. */
export type ActionOutcome =
  | { readonly end: 'done'; readonly words: string }
  | { readonly end: 'refused'; readonly words: string }
  | { readonly end: 'unknown'; readonly why: string };

/** What a scheduler is, and what it can. */
export interface IProbe {
  readonly version: string;
  /** The schedd that answers by default; null where there are none. */
  readonly schedd: string | null;
  readonly features: {
    /** HTCondor raises the memory of a retried job by itself. */
    readonly retryRequestMemory: boolean;
    /** Ended jobs can be asked for at any time. */
    readonly history: boolean;
    /** Most jobs of one array; null where it does not matter. */
    readonly maxArraySize: number | null;
  };
}

/** A batch system on a host. Nothing is kept between two calls but what was probed. */
export interface IScheduler {
  readonly kind: SubmissionScheduler;

  /** Throws `unsupported` where its commands are not there, `unreachable` where nobody answers. */
  probe(signal: AbortSignal): Promise<IProbe>;

  /** Submits one cluster. Never throws for what scheduler, host or line do. */
  submit(
    cluster: IPlannedCluster,
    where: { readonly jobsFolder: string; readonly schedd: string | null },
    signal: AbortSignal
  ): Promise<SubmitOutcome>;

  /** Looks for a token in queue and history. Throws `unreachable` where the queue does not answer. */
  find(wanted: IWanted, signal: AbortSignal): Promise<IFound>;

  /**
   * Clusters in the queue that were submitted from a folder by whomever, with the log (HTCondor) or the
   * script (Slurm) that tells which is which. Throws `unreachable`.
   */
  findIn(jobsFolder: string, signal: AbortSignal): Promise<readonly IInFolder[]>;

  /**
   * A row for each job of each cluster, in the order asked for; one that nobody knows is `unknown`, and
   * so may be one that is known to be over.
   * Throws `unreachable` where the queue does not answer: silence is no state.
   */
  jobs(watched: readonly IWatched[], signal: AbortSignal): Promise<readonly (readonly IJobRow[])[]>;

  hold(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome>;
  release(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome>;
  remove(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome>;
  /** Changes what jobs that do not run ask for. Throws `unsupported` for what it cannot change. */
  edit(jobs: ISelection, change: IJobChange, signal: AbortSignal): Promise<ActionOutcome>;
  /** Fetches the output of spooled jobs and only then takes the completed ones of this cluster away. */
  fetch(cluster: IClusterId, signal: AbortSignal): Promise<ActionOutcome>;
}

/** A row of which nothing is known but its number. */
export function emptyRow(proc: number, state: JobState, said: string): IJobRow {
  return {
    proc,
    state,
    said,
    hold: null,
    reason: null,
    exitCode: null,
    exitSignal: null,
    wallSeconds: null,
    memoryMb: null,
    requestedMemoryMb: null,
    starts: null,
    node: null,
    since: null
  };
}

/** The line of `IPlannedCluster.record` that names a cluster. */
export function recordLine({ schedd, id }: IClusterId): string {
  return schedd === null ? `${id}\n` : `${schedd}#${id}\n`;
}

/** The cluster that a record names; null where it names none. */
export function readRecordLine(text: string): IClusterId | null {
  const line = /^(?:([^#\s]+)#)?([A-Za-z0-9._-]+)\n?$/.exec(text);
  return line?.[2] === undefined ? null : { schedd: line[1] ?? null, id: line[2] };
}
