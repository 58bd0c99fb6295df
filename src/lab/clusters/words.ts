import type { TranslationBundle } from '@jupyterlab/translation';
import { bytesWords } from '../../contract';
import type {
  Cluster,
  ClusterMode,
  ClusterState,
  ConnectionProfile,
  LossCause,
  Versions
} from '../../contract';
import { backendWords } from '../connections/words';

/** The word of a state. */
export function stateWord(state: ClusterState, trans: TranslationBundle): string {
  const words: Record<ClusterState, string> = {
    starting: trans.__('starting'),
    running: trans.__('running'),
    stopping: trans.__('stopping'),
    stopped: trans.__('stopped'),
    failed: trans.__('failed'),
    lost: trans.__('lost')
  };
  return words[state];
}

/** Whether it runs, or may do so: it holds machines or jobs. */
export function isAlive({ state }: Pick<Cluster, 'state'>): boolean {
  return state !== 'stopped' && state !== 'failed';
}

/** Backend, connection and origin in one line; without the profile the id of the connection does. */
export function placeWords(
  { backend, origin, connection }: Cluster,
  profile: ConnectionProfile | undefined,
  trans: TranslationBundle
): string {
  const origins: Record<Cluster['origin'], string | null> = {
    ours: null,
    supervisor: trans.__('found there'),
    kernel: trans.__('of a kernel'),
    address: trans.__('added by its address')
  };
  const host = profile?.host ?? null;
  const kind = backend === null ? null : backendWords(backend, host, trans);
  const title = profile?.title ?? connection;
  const parts = [kind, title === kind ? null : title, origins[origin]];
  return parts.filter(part => part !== null).join(' · ');
}

/** How many workers a cluster has by whose choice. */
export function modeWords(mode: ClusterMode, trans: TranslationBundle): string {
  return mode.kind === 'adaptive'
    ? trans.__('adaptive, %1 to %2 workers', mode.minimum, mode.maximum)
    : trans._n('%1 worker asked for', '%1 workers asked for', mode.workers);
}

/** The mode where it says more than the number of workers that are there; null otherwise. */
export function wishWords({ mode, workers }: Cluster, trans: TranslationBundle): string | null {
  const isReached = mode?.kind === 'fixed' && mode.workers === workers?.joined;
  return mode === null || isReached ? null : modeWords(mode, trans);
}

/** Sums over the workers that are there; null where there are none. */
export function usageWords({ workers }: Cluster, trans: TranslationBundle): string | null {
  if (workers === null || workers.joined === 0) {
    return null;
  }
  const { cores, memoryBytes, memoryLimitBytes } = workers;
  const memory =
    memoryLimitBytes > 0
      ? trans.__('%1 of %2', bytesWords(memoryBytes), bytesWords(memoryLimitBytes))
      : bytesWords(memoryBytes);
  return [trans._n('%1 core', '%1 cores', cores), memory].join(' · ');
}

/** The port of this machine that leads to it, as `127.0.0.1:4000`; null where none is open. */
export function portWords({ scheduler }: Cluster): string | null {
  return scheduler?.loopback?.replace(/^\w+:\/\//, '') ?? null;
}

/** Who uses it and for what; null where nobody does. */
export function workWords({ workers }: Cluster, trans: TranslationBundle): string | null {
  const { clients = 0, tasks = {} } = workers ?? {};
  const counted = Object.entries(tasks)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => trans.__('%1 %2', count, state));
  const parts = [
    ...(clients > 0 ? [trans._n('%1 client', '%1 clients', clients)] : []),
    ...(counted.length > 0 ? [trans.__('tasks: %1', counted.join(', '))] : [])
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}

/** Whether somebody would lose work if it ended now. */
export function isInUse({ workers }: Cluster): boolean {
  const { clients = 0, tasks = {} } = workers ?? {};
  return clients > 0 || Object.values(tasks).some(count => count > 0);
}

/** Why a worker died, in a few words. */
export function causeWords(cause: LossCause, trans: TranslationBundle): string {
  const words: Record<LossCause, string> = {
    memory: trans.__('it ran out of memory'),
    walltime: trans.__('its time was over'),
    held: trans.__('its job was held'),
    removed: trans.__('its job was removed'),
    node: trans.__('its node failed'),
    crashed: trans.__('it crashed'),
    unknown: trans.__('nobody knows why')
  };
  return words[cause];
}

/** The versions that matter for Dask, in one line; what is not installed is left out. */
export function versionWords(versions: Versions): string {
  const shown = ['python', 'dask', 'distributed', 'dask-jobqueue', 'dask-lxplus'];
  return shown
    .filter(name => (versions[name] ?? null) !== null)
    .map(name => `${name} ${versions[name] ?? ''}`)
    .join(' · ');
}
