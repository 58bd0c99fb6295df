import type { ClusterOptions, ClusterRequest, ConnectionProfile } from '../../contract';
import type { ClusterBackend } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import type { IHostPlaces } from './host-places';
import { resolvePython } from './interpreters/resolve';
import { completeOptions, daskBackend, expandHome } from './request/options';
import type { IPython } from './supervisor/launch';
import type { IClustersWorld } from './world';

/** A new cluster with all that was left open filled in; nothing is started. */
export interface IPlan {
  readonly id: string;
  readonly profile: ConnectionProfile;
  readonly backend: ClusterBackend;
  readonly host: IHost;
  readonly places: IHostPlaces;
  readonly options: ClusterOptions;
  readonly python: IPython;
  readonly folder: string;
}

/** Throws what keeps the cluster from being started, as far as that can be known before. */
export async function makePlan(request: ClusterRequest, world: IClustersWorld): Promise<IPlan> {
  const { profile } = await world.connections.read(request.connection);
  const backend = daskBackend(profile);
  const options = completeOptions(request.options, profile);
  const host = await world.connections.host(profile.id);
  const places = await world.places.of(host);
  const python = await resolvePython(request.interpreter, profile, {
    env: world.env,
    home: world.home,
    isLocal: host.client === 'local',
    hostHome: places.home
  });
  const id = world.newId();
  const folder = `${places.clusters}/${id}`;
  return {
    id,
    profile,
    backend,
    host,
    places,
    options: expandHome(options, places.home),
    python,
    folder
  };
}

/** The request that the supervisor's program reads. */
export function supervisorRequest({ id, backend, folder, options }: IPlan, name: string) {
  return { version: 1, id, name, backend, folder, options } as const;
}
