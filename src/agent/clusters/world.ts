import type { IHost, StreamTarget } from '../connections/hosts/host';
import type { IConnections } from '../connections/service';
import type { EventHub } from '../events';
import type { ILog } from '../log';
import type { Environment } from '../run';
import type { HostPlaces } from './host-places';
import type { ClusterStore } from './store';

/** Where dashboards are made known, so that they can be shown. */
export interface IDashboardRegistry {
  register(source: {
    readonly id: string;
    readonly title: string;
    readonly kind: 'scheduler' | 'worker';
    readonly origin: 'cluster';
    readonly of: string | null;
    readonly connection: string;
    readonly target: StreamTarget;
    readonly prefix: string;
    readonly host: () => Promise<IHost>;
  }): unknown;
  unregister(id: string): void;
}

/** What the clusters of an agent are made of. */
export interface IClustersWorld {
  /** The environment of the user's programs on this machine. */
  readonly env: Environment;
  readonly home: string;
  readonly connections: Pick<IConnections, 'host' | 'read' | 'list'>;
  readonly dashboards: IDashboardRegistry;
  readonly store: ClusterStore;
  readonly places: HostPlaces;
  readonly events: EventHub;
  readonly log: ILog;
  readonly now: () => Date;
  /** A new id that no cluster ever had. */
  readonly newId: () => string;
  /** Name of this machine, as records have it. */
  readonly hostName: string;
}
