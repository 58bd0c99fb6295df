import type { Connection, ConnectionProfile } from '../../contract';

/** A profile of a connection that runs plain jobs. */
export type VanillaProfile = Extract<
  ConnectionProfile,
  { readonly backend: 'vanilla-local' | 'vanilla-htcondor' | 'vanilla-lxplus' | 'vanilla-slurm' }
>;

function isVanilla(profile: ConnectionProfile): profile is VanillaProfile {
  return profile.backend.startsWith('vanilla-');
}

/** The profiles that a new submission may have, those of open connections first. */
export function vanillaProfiles(connections: readonly Connection[]): VanillaProfile[] {
  const usable = connections.filter(({ unusable }) => unusable === null);
  const isOpen = ({ state, profile }: Connection) =>
    state === 'open' || profile.host.kind === 'local';
  return [...usable.filter(isOpen), ...usable.filter(one => !isOpen(one))]
    .map(({ profile }) => profile)
    .filter(isVanilla);
}
