/** Where the files of a job lie, with the numbers of its cluster put in: pure. */
import type { IPlannedCluster, SubmissionScheduler } from '../plan';
import type { IClusterId } from '../schedulers/scheduler';

/** What is in the path of a log. */
export type JobStream = 'output' | 'error' | 'events';

/** The path of a log of one job; null where its batch system has none. */
export function logPath(
  planned: Pick<IPlannedCluster, 'log' | 'output' | 'error'>,
  stream: JobStream,
  scheduler: SubmissionScheduler,
  { id }: Pick<IClusterId, 'id'>,
  proc: number
): string | null {
  const pattern = stream === 'events' ? planned.log : planned[stream];
  if (pattern === null) {
    return null;
  }
  // Functions, since ids might hold what replaceAll gives a meaning.
  if (scheduler === 'htcondor') {
    return pattern
      .replaceAll(/\$\(Cluster(?:Id)?\)/gi, () => id)
      .replaceAll(/\$\(Proc(?:ess|Id)?\)/gi, () => String(proc));
  }
  return pattern.replaceAll(/%([Aaj])/g, (_, sign: string) => (sign === 'a' ? String(proc) : id));
}
