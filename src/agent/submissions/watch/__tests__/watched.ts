import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HepbatchError } from '../../../../contract';
import type { IHost } from '../../../connections/hosts/host';
import { planOf } from '../../__tests__/planned';
import type { ISentCluster } from '../../journal/state';
import type { IPlan, IPlannedCluster } from '../../plan';
import type { IClusterId, IScheduler } from '../../schedulers/scheduler';
import type { IWatchedSubmission } from '../submission';
import { Watch } from '../watch';

/** A cluster that was submitted; null: it was not. */
export function sent(planned: IPlannedCluster, cluster: IClusterId | null): ISentCluster {
  return {
    ...{ name: planned.name, jobs: planned.jobs.length, record: planned.record, cluster },
    ...{ state: cluster === null ? 'prepared' : 'submitted', surplus: [], words: null },
    ...{ warnings: [], attempts: 1, triedAt: 0, missed: [], isFenced: true }
  };
}

/** A submission of these clusters, as it is watched. */
export function knownOf(
  folder: string,
  clusters: readonly (readonly [IPlannedCluster, IClusterId | null])[],
  more: Partial<IPlan> = {}
): IWatchedSubmission {
  const plan = planOf(
    'token',
    folder,
    clusters.map(([planned]) => planned)
  );
  return { plan: { ...plan, ...more }, sent: clusters.map(([planned, id]) => sent(planned, id)) };
}

/** A watch that keeps what it sees in a folder of its own; `again` is that of the next agent. */
export interface ITestWatch {
  readonly watch: Watch;
  readonly changes: () => number;
  readonly again: () => Watch;
  readonly folder: string;
  readonly remove: () => void;
}

/** Watches on a host; `failing` says whether it cannot be reached by now. */
export function watchOn(
  host: IHost,
  scheduler: IScheduler,
  { now = () => new Date(), failing = () => null as HepbatchError | null } = {}
): ITestWatch {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  let changes = 0;
  const make = () =>
    new Watch({
      reach: () => {
        const error = failing();
        return error === null ? Promise.resolve({ host, scheduler }) : Promise.reject(error);
      },
      now,
      changed: () => (changes += 1),
      log: { info: () => undefined, warn: console.error, error: console.error },
      folder
    });
  return {
    watch: make(),
    changes: () => changes,
    again: make,
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true })
  };
}
