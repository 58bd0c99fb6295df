import type { Cluster } from '../../contract';

/** Whether a port of this machine for its clients can be opened or closed. */
export function offersLoopback(cluster: Cluster, isRemote: boolean): boolean {
  const { can, scheduler, state } = cluster;
  const isOpen = (scheduler?.loopback ?? null) !== null;
  const canOpen = isRemote && state === 'running' && scheduler?.tls === true;
  return can.includes('loopback') || isOpen || canOpen;
}

/** The dashboard that can be shown now; null: there is none. */
export function dashboardOf({ can, scheduler }: Cluster): string | null {
  return can.includes('dashboard') ? (scheduler?.dashboard ?? null) : null;
}
