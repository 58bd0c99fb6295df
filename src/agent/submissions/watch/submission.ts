/** What a watch has to know of the submission that it watches: types. */
import type { ILog } from '../../log';
import type { IHost } from '../../connections/hosts/host';
import type { ISentCluster } from '../journal/state';
import type { IPlan } from '../plan';
import type { IScheduler } from '../schedulers/scheduler';

/** A submission as it was planned, and how far its clusters are on their way. */
export interface IWatchedSubmission {
  readonly plan: Pick<IPlan, 'scheduler' | 'jobsFolder' | 'clusters' | 'spool'>;
  readonly sent: readonly ISentCluster[];
}

/** Where its jobs are. */
export interface IReach {
  readonly host: IHost;
  readonly scheduler: IScheduler;
}

/** What a watch is given. */
export interface IWatchWorld {
  /** Throws what keeps the host from being reached. */
  reach(): Promise<IReach>;
  now(): Date;
  /** Called where a job changed, or whether it can be seen. */
  changed(): void;
  readonly log: ILog;
  /** The folder of the journal; what was seen is kept there over a restart. */
  readonly folder: string;
}
