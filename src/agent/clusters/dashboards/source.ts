import type { Dashboard } from '../../../contract';
import type { IHost, StreamTarget } from '../../connections/hosts/host';

/** A dashboard and the way to it, as those who know of it register it. */
export interface IDashboardSource extends Pick<
  Dashboard,
  'id' | 'title' | 'kind' | 'origin' | 'of' | 'connection'
> {
  readonly target: StreamTarget;
  /** What all its paths begin with; empty, or such as `/prefix`. */
  readonly prefix: string;
  /** The open host; throws where the connection is not open. */
  readonly host: () => Promise<IHost>;
}
