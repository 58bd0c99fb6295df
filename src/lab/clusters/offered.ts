import type { Cluster } from '../../contract';

/** The dashboard that can be shown now; null: there is none. */
export function dashboardOf({ can, scheduler }: Cluster): string | null {
  return can.includes('dashboard') ? (scheduler?.dashboard ?? null) : null;
}
