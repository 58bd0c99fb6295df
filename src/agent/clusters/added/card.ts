import type { Cluster, Dashboard } from '../../../contract';

/** What is known of a cluster that was named by the address of its dashboard. */
export interface IAdded {
  readonly name: string;
  readonly origin: 'kernel' | 'address';
  /** Where its connection leads, and whether that is this machine. */
  readonly host: string;
  readonly isHere: boolean;
  readonly dashboard: Dashboard;
  /** What its scheduler last said of itself; null where it did not. */
  readonly scheduler: { readonly address: string | null; readonly workers: number } | null;
  readonly heardAt: string | null;
}

/** Its card: it belongs to somebody else, so it can be shown and forgotten, and hardly more. */
export function cardOfAdded(added: IAdded): Cluster {
  const { name, origin, host, isHere, dashboard, scheduler, heardAt } = added;
  const { id, connection, reason } = dashboard;
  const isThere = dashboard.state !== 'away';
  const address = scheduler?.address ?? null;
  const isOpen = isThere && isHere && address?.startsWith('tcp://') === true;
  const next = 'Its dashboard is looked for again and again; forget it if it ended.';
  return {
    id,
    name,
    connection,
    backend: null,
    origin,
    state: isThere ? 'running' : 'lost',
    // Without its certificate no client gets into a cluster with TLS; another host needs a way.
    can: [
      ...(isThere ? ['dashboard' as const] : []),
      ...(isOpen ? ['client' as const] : []),
      'remove'
    ],
    mode: null,
    scheduler: {
      address: address ?? dashboard.address,
      tls: address?.startsWith('tls://') === true,
      host,
      dashboard: id,
      loopback: null
    },
    workers: null,
    jobs: [],
    jobsFailure: null,
    summary: isThere ? summaryOf(scheduler?.workers ?? null) : 'lost',
    why: [],
    warnings: [],
    losses: { count: 0, newest: null },
    options: {},
    interpreter: null,
    host,
    folder: null,
    failure: isThere
      ? null
      : { code: 'unreachable', message: reason ?? `${dashboard.address} is away`, data: { next } },
    startedAt: null,
    endedAt: null,
    stopsAt: null,
    recordingSince: null,
    heardAt
  };
}

function summaryOf(workers: number | null): string {
  return workers === null ? 'running' : workers === 1 ? '1 worker' : `${workers} workers`;
}
