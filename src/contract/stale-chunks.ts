import * as z from 'zod';

/** A stale chunk as it lies there, and as a person saw it. */
export const StaleChunk = z.object({
  path: z.string().meta({ description: '<dataset>/<variation>/<file>, below the output folder' }),
  bytes: z.int().nonnegative(),
  mtimeNs: z
    .string()
    .regex(/^-?\d+$/)
    .meta({ description: 'When it was written, in nanoseconds since 1970' })
});
export type StaleChunk = z.infer<typeof StaleChunk>;

/**
 * What became of a stale chunk: `removed` from its variation, `gone` before, `changed` since it was seen
 * or since the audit began, or `refused`; `why` says it in words.
 */
export const StaleOutcome = z.object({
  path: z.string(),
  end: z.enum(['removed', 'gone', 'changed', 'refused']),
  why: z.string().nullable()
});
export type StaleOutcome = z.infer<typeof StaleOutcome>;

/** So many chunks travel in one question. */
export const STALE_AT_ONCE = 5000;
