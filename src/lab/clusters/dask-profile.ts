import { ClusterBackend } from '../../contract';
import type { Connection, ConnectionProfile } from '../../contract';

/** A profile of a connection that has clusters. */
export type DaskProfile = Extract<ConnectionProfile, { readonly backend: ClusterBackend }>;

/** Whether clusters can be started through a profile. */
export function isDask(profile: ConnectionProfile): profile is DaskProfile {
  return ClusterBackend.safeParse(profile.backend).success;
}

/** The profiles that a new cluster may have, those of open connections first. */
export function daskProfiles(connections: readonly Connection[]): DaskProfile[] {
  const usable = connections.filter(({ unusable }) => unusable === null);
  const isOpen = ({ state, profile }: Connection) =>
    state === 'open' || profile.host.kind === 'local';
  return [...usable.filter(isOpen), ...usable.filter(one => !isOpen(one))]
    .map(({ profile }) => profile)
    .filter(isDask);
}
