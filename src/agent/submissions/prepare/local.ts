import type { IIdentity } from './wrapper';

/** How a local process knows its run: whoever starts all of them says it; by hand nobody does. */
export const LOCAL_IDENTITY: IIdentity = {
  cluster: ['cluster="${HEPBATCH_CLUSTER:-}"'],
  proc: '${1:-}'
};
