/**
 * What an audit may say of one input file, in the order of the tables. In a file of its own, without
 * zod: a thread that lists folders needs nothing else of the contract and starts sooner.
 */
export const FILE_STATUSES = [
  'complete',
  'missing',
  'partial',
  'overlapping',
  'truncated',
  'empty',
  'no-events',
  'not-in-catalogue',
  'unreadable'
] as const;
