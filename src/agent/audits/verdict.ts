import type { FileStatus } from '../../contract';
import type { IChunk } from './chunk-table';
import { inWords, reaches, subtract, unite, type Range } from './ranges';
import { chunkRule } from './rule';

/** What the chunks of one input file in one variation amount to. */
export interface IVerdict {
  readonly status: Extract<FileStatus, 'complete' | 'partial' | 'overlapping' | 'truncated'>;
  /** Disjoint ranges that are there. */
  readonly covered: readonly Range[];
  /** Ranges that are wanted and not there. */
  readonly absent: readonly Range[];
  /** Names of the chunks at fault. */
  readonly faults: readonly string[];
  /** Entries found, double counts counted. */
  readonly found: number;
  /** Empty where nothing is wrong. */
  readonly reason: string;
}

/** What the ranges of a file are held against. */
export interface IWanted {
  /** Ranges that must be covered; null: everything up to the last entry that is there. */
  readonly ranges: readonly Range[] | null;
  /** No entry at or beyond this may be covered; null: unknown. */
  readonly events: number | null;
}

/**
 * Judges the chunks of one input file in one variation. A truncated chunk comes before an overlap,
 * an overlap before a hole; the reason names all that is wrong.
 */
export function judge(chunks: readonly IChunk[], wanted: IWanted): IVerdict {
  const ranges = chunks.map(({ start, stop }): Range => [start, stop]);
  const { covered, overlapping, total } = unite(ranges);
  const absent = subtract(wanted.ranges ?? [[0, covered.at(-1)?.[1] ?? 0]], covered);
  const broken = chunks.filter(chunk => chunk.fault !== null);
  const reasons = broken.map(chunk => `${chunk.name} ${chunk.fault ?? ''}`);
  const doubled = overlapping.flatMap(i => chunks[i] ?? []);
  if (doubled.length > 0) {
    const names = doubled.map(({ start, stop }): Range => [start, stop]);
    reasons.push(`chunks count events twice: ${inWords(names)}`);
  }
  const { events } = wanted;
  const beyond =
    events !== null && reaches(covered, events) ? chunks.filter(chunk => chunk.stop > events) : [];
  if (beyond.length > 0) {
    const names = beyond.map(({ start, stop }): Range => [start, stop]);
    reasons.push(`${inWords(names)} goes beyond the ${events ?? 0} events of the input file`);
  }
  if (absent.length > 0) {
    reasons.push(`no chunk has ${inWords(absent)}`);
  }
  const atFault = [...new Set([...broken, ...doubled, ...beyond])];
  return {
    status:
      broken.length > 0
        ? 'truncated'
        : doubled.length > 0
          ? 'overlapping'
          : absent.length > 0
            ? 'partial'
            : // Entries that the input file does not have were counted too often as well.
              beyond.length > 0
              ? 'overlapping'
              : 'complete',
    covered,
    absent,
    // A hole has no chunk at fault; those beside it show which chunking it was.
    faults: (atFault.length > 0 ? atFault : absent.length > 0 ? chunks : []).map(
      ({ name }) => name
    ),
    found: total,
    reason: reasons.join('; ')
  };
}

/** Which of coffea's chunks are there, in words; empty where the rule does not explain the ranges. */
export function byRule(covered: readonly Range[], events: number, target: number): string {
  const rule = chunkRule(events, target);
  const there = rule.filter(chunk => subtract([chunk], covered).length === 0);
  const explained = unite(there).total === unite(covered).total;
  return explained
    ? `${there.length} of the ${rule.length} chunks of --chunk ${target} are there`
    : '';
}
