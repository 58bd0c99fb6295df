/** What becomes of a cluster of which nobody knows whether it was submitted: pure. */
import type { IClusterId, IFound, IFoundCluster } from '../schedulers/scheduler';
import type { ISentCluster } from './state';

/** All that is known when it is decided. */
export interface IEvidence {
  readonly sent: ISentCluster;
  /** Of the whole submission. */
  readonly found: IFound;
  /** When the look began, in milliseconds. */
  readonly lookedAt: number;
  /** What the file that fences the jobs says; null where it is not there. */
  readonly record: IClusterId | null;
  /** How many clusters the submission has. */
  readonly clusters: number;
  /** A command that was out of sight may still be at work for so long. */
  readonly graceMs: number;
}

/** `wait`: missed, but too soon to be sure. `stay`: it could not be looked everywhere. */
export type Decision =
  | {
      readonly to: 'adopt';
      readonly cluster: IClusterId;
      readonly how: 'found' | 'recorded';
      readonly surplus: readonly IClusterId[];
    }
  | { readonly to: 'wait' }
  | { readonly to: 'absent' }
  | { readonly to: 'stay'; readonly why: string };

/**
 * Decides. The record comes first: jobs of the cluster that it names have begun, those of any other
 * one end before they write. Absent is only what was missed twice, grace apart, and grace after the
 * command was given.
 */
export function decide(evidence: IEvidence): Decision {
  const { sent, found, record, lookedAt, graceMs } = evidence;
  const { ours, nameless } = oursOf(evidence);
  if (record !== null) {
    const surplus = ours.filter(({ cluster }) => !isSame(cluster, record));
    return { to: 'adopt', cluster: record, how: 'recorded', surplus: idsOf(surplus) };
  }
  const [first, ...others] = ours;
  if (first !== undefined) {
    return { to: 'adopt', cluster: first.cluster, how: 'found', surplus: idsOf(others) };
  }
  if (nameless.length > 0) {
    const ids = nameless.map(({ cluster }) => cluster.id).join(', ');
    return { to: 'stay', why: `${ids} has the token of this submission and no name` };
  }
  if (found.gaps.length > 0) {
    return { to: 'stay', why: found.gaps.join('; ') };
  }
  const earliest = (sent.triedAt ?? 0) + graceMs;
  const isMissedBefore = sent.missed.some(
    at => at >= (sent.triedAt ?? 0) && at + graceMs <= lookedAt
  );
  return lookedAt >= earliest && isMissedBefore ? { to: 'absent' } : { to: 'wait' };
}

/** Of several the eldest: its jobs were first in the queue. Numbers of clusters grow. */
function oursOf({ sent, found, clusters }: IEvidence): {
  readonly ours: readonly IFoundCluster[];
  readonly nameless: readonly IFoundCluster[];
} {
  const nameless = found.clusters.filter(({ name }) => name === null);
  const named = found.clusters.filter(({ name }) => name === sent.name);
  const all = clusters === 1 ? [...named, ...nameless] : named;
  const ours = [...all].sort((a, b) => Number(a.cluster.id) - Number(b.cluster.id) || 0);
  return { ours, nameless: clusters === 1 ? [] : nameless };
}

function isSame(a: IClusterId, b: IClusterId): boolean {
  const anywhere = a.schedd === null || b.schedd === null;
  return a.id === b.id && (anywhere || a.schedd === b.schedd);
}

function idsOf(found: readonly IFoundCluster[]): readonly IClusterId[] {
  return found.map(({ cluster }) => cluster);
}
