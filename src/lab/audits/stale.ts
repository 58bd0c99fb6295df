import { STALE_AT_ONCE, audits, bytesWords } from '../../contract';
import type { Call, StaleChunk, StaleOutcome } from '../../contract';

/** What a person is asked about: the chunks that lie there, and those that are left where they are. */
export interface IStaleChunks {
  /** Where they would be moved to. */
  readonly folder: string;
  readonly chunks: readonly StaleChunk[];
  readonly left: readonly StaleOutcome[];
}

/** The stale chunks of some datasets, or (null) of all, as they lie there now. */
export async function readStale(
  call: Call,
  id: string,
  datasets: string[] | null
): Promise<IStaleChunks> {
  const chunks: StaleChunk[] = [];
  const left: StaleOutcome[] = [];
  for (let offset = 0, total = 1; offset < total; offset += STALE_AT_ONCE) {
    const page = await call(audits.stale, { id, datasets, offset, limit: STALE_AT_ONCE });
    ({ total } = page);
    chunks.push(...page.chunks);
    left.push(...page.left);
    if (offset + STALE_AT_ONCE >= total) {
      return { folder: page.folder, chunks, left };
    }
  }
  return { folder: '', chunks, left };
}

/** Moves exactly these; what became of each. */
export async function removeStale(
  call: Call,
  id: string,
  chunks: readonly StaleChunk[]
): Promise<StaleOutcome[]> {
  const outcomes: StaleOutcome[] = [];
  for (let at = 0; at < chunks.length; at += STALE_AT_ONCE) {
    const some = chunks.slice(at, at + STALE_AT_ONCE);
    outcomes.push(...(await call(audits.removeStale, { id, chunks: some })).outcomes);
  }
  return outcomes;
}

/** The size of all in words, such as `1.50 GB`. */
export function sizeOf(chunks: readonly StaleChunk[]): string {
  return bytesWords(chunks.reduce((sum, chunk) => sum + chunk.bytes, 0));
}
