import type { Limits } from '../../../contract';

/** Both limits at once: of each the smaller one. */
export function bothLimits(a: Limits, b: Limits): Limits {
  const both: Limits = { ...a };
  for (const key of ['clusters', 'workers', 'jobs'] as const) {
    const limit = b[key];
    if (limit !== undefined) {
      both[key] = Math.min(limit, a[key] ?? limit);
    }
  }
  return both;
}
