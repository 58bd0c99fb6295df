import type { ClusterDescription, Failure, SupervisorRecord } from '../../../contract';

/** What was found of a supervisor that does not answer, or answers no more. */
export type Verdict =
  | { readonly is: 'absent' }
  | { readonly is: 'alive' | 'dead' | 'elsewhere'; readonly record: SupervisorRecord };

/** The last that is known of a cluster, and whether that is the present. */
export interface ISeen {
  /** What its supervisor last said; null where it never did. */
  readonly description: ClusterDescription | null;
  readonly heardAt: string | null;
  /** Why it cannot be asked now; null while it answers. */
  readonly silent: { readonly verdict: Verdict | null; readonly failure: Failure } | null;
}

/** The record that a supervisor which does not answer has left; null where there is none. */
export function recordLeft({ silent }: ISeen): SupervisorRecord | null {
  const verdict = silent?.verdict ?? null;
  return verdict === null || verdict.is === 'absent' ? null : verdict.record;
}

/** Nothing was heard yet, and nothing is wrong. */
export const NOTHING_SEEN: ISeen = { description: null, heardAt: null, silent: null };
