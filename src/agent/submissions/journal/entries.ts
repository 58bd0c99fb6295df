/** What the journal of a submission holds: one JSON object a line, each whole or not there. */
import * as z from 'zod';
import type { IClusterId } from '../schedulers/scheduler';

/** A cluster as queue, history or record name it. */
export const ClusterId = z.object({
  schedd: z.string().nullable(),
  id: z.string()
}) satisfies z.ZodType<IClusterId>;

/** In milliseconds since 1970, by the clock of the agent that wrote it. */
const at = z.number();
/** `IPlannedCluster.name`. */
const name = z.string();
/** Counts the attempts of one cluster from 1. */
const attempt = z.int().positive();

/** One line of the journal. */
export const Entry = z.discriminatedUnion('type', [
  /** The first: what is to be submitted, before any of it is. */
  z.object({
    type: z.literal('created'),
    at,
    version: z.literal(1),
    token: z.string(),
    scheduler: z.enum(['htcondor', 'slurm', 'local']),
    /** Pinned: all of it goes to this one. */
    schedd: z.string().nullable(),
    /** Of the plan, on the host. */
    folder: z.string(),
    jobsFolder: z.string(),
    clusters: z.array(
      z.object({ name, jobs: z.int().nonnegative(), submitFile: z.string(), record: z.string() })
    )
  }),
  /** The scheduler is about to be called; no outcome after it means that nobody knows. */
  z.object({ type: z.literal('intent'), at, name, attempt, node: z.string(), pid: z.int() }),
  z.object({
    type: z.literal('submitted'),
    at,
    name,
    cluster: ClusterId,
    /** `answered`: the command said so; `found`: by its token; `recorded`: a job of it has begun. */
    how: z.enum(['answered', 'found', 'recorded']),
    /** Clusters of the same token beside it; their jobs end before they write. */
    surplus: z.array(ClusterId),
    warnings: z.array(z.string())
  }),
  z.object({ type: z.literal('refused'), at, name, words: z.string() }),
  z.object({ type: z.literal('unknown'), at, name, why: z.string() }),
  /** It was looked for and not found; `since` is when the look began. */
  z.object({ type: z.literal('missed'), at, name, since: z.number() }),
  /** Missed long enough: it was not submitted and may be sent again. */
  z.object({ type: z.literal('absent'), at, name }),
  /** The file that fences the jobs names the cluster. */
  z.object({ type: z.literal('fenced'), at, name })
]);
export type Entry = z.infer<typeof Entry>;

/** The first entry. */
export type Created = Extract<Entry, { type: 'created' }>;

/** The line of an entry. */
export function lineOf(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * The entries of a journal and how many bytes they take. A last line that is not whole was never
 * relied on: who wrote it died before it was synced. Throws what zod or JSON say of any other.
 */
export function readEntries(data: Buffer): {
  readonly entries: readonly Entry[];
  readonly bytes: number;
} {
  const entries: Entry[] = [];
  let bytes = 0;
  for (;;) {
    const end = data.indexOf(0x0a, bytes);
    if (end < 0) {
      return { entries, bytes };
    }
    const isLast = data.indexOf(0x0a, end + 1) < 0;
    const line = data.toString('utf8', bytes, end);
    try {
      entries.push(Entry.parse(JSON.parse(line)));
    } catch (cause) {
      if (isLast && !(cause instanceof z.ZodError)) {
        return { entries, bytes }; // its end reached the disk, its middle did not
      }
      throw cause;
    }
    bytes = end + 1;
  }
}
