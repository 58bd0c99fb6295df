import type { FileStatus } from '../../contract';
import { FILE_STATUSES } from '../../contract/statuses';
import { emptyByRate } from './empty';
import type { ChunkTable } from './chunk-table';
import type { IFault, IQuestion } from './question';
import { inWords, unite, type Range } from './ranges';
import type { RowEvidence } from './row-evidence';
import { chunkRule } from './rule';
import { byRule, judge, type IVerdict } from './verdict';

/** What is said of one input file. */
interface IFinding {
  status: FileStatus;
  missing: readonly Range[];
  chunks: readonly string[];
  reason: string;
}

/** Events of a chunk where the run did not say: `--chunk` of run_analysis.py. */
const DEFAULT_TARGET = 500_000;

const FINE: IFinding = { status: 'complete', missing: [], chunks: [], reason: '' };

/** Compares the input files of one dataset with the chunks of its variations, all in memory. */
export class Comparison {
  /** The first variation is nominal; nominal may have no chunk at all. */
  constructor(
    private readonly _question: IQuestion,
    private readonly _ids: readonly string[],
    private readonly _nominal: ChunkTable,
    private readonly _shifts: readonly ChunkTable[],
    /** For each input, the inputs that share its identifier; absent where none does. */
    private readonly _twins: ReadonlyMap<number, readonly number[]>,
    private readonly _rows: RowEvidence
  ) {
    const { length } = _ids;
    this.status = new Uint8Array(length);
    this.found = new Float64Array(length);
    this.chunks = new Uint32Array(length);
  }

  readonly status: Uint8Array;
  readonly found: Float64Array;
  readonly chunks: Uint32Array;
  readonly faults: IFault[] = [];
  readonly resubmit: number[] = [];

  /** Fills the columns. Row counts are asked for only where something is absent; see `RowEvidence`. */
  run(): void {
    for (let index = 0; index < this.status.length; index += 1) {
      const finding = this._ofFile(index);
      this.status[index] = FILE_STATUSES.indexOf(finding.status);
      if (finding.status !== 'complete' && finding.status !== 'no-events') {
        const { missing, chunks, reason } = finding;
        this.faults.push({ index, missing, chunks, reason });
      }
      if (this._goesAgain(index, finding.status)) {
        this.resubmit.push(index);
      }
    }
  }

  private _goesAgain(index: number, status: FileStatus): boolean {
    switch (status) {
      case 'complete':
      case 'empty':
      case 'no-events':
        return false;
      case 'not-in-catalogue':
        return !this._nominal.has(index);
      default:
        return true;
    }
  }

  private _ofFile(index: number): IFinding {
    const why = this._question.unreadable.get(index);
    if (why !== undefined) {
      const chunks = this._nominal.of(index);
      this.chunks[index] = chunks.length;
      this.found[index] = unite(chunks.map(({ start, stop }): Range => [start, stop])).total;
      return { ...FINE, status: 'unreadable', reason: why };
    }
    const twins = this._twins.get(index);
    if (twins) {
      return this._ofTwin(index, twins);
    }
    const expected = this._expected(index);
    if (expected !== null && this._isWhole(index, expected ?? null)) {
      return FINE;
    }
    const chunks = this._nominal.of(index);
    if (chunks.length === 0 && expected !== 0) {
      return this._ofAbsent(index, expected);
    }
    this.chunks[index] = chunks.length;
    const events = expected ?? null;
    const wanted: Range[] | null = events === null ? null : events > 0 ? [[0, events]] : [];
    const verdict = judge(chunks, { ranges: wanted, events });
    this.found[index] = verdict.found;
    return this._join(index, verdict, expected);
  }

  /** Undefined: no catalogue was asked. Null: it was, and does not know. */
  private _expected(index: number): number | null | undefined {
    const events = this._question.expected?.[index];
    return events !== undefined && Number.isNaN(events) ? null : events;
  }

  /** The common case, without making objects: all entries once, in every variation. */
  private _isWhole(index: number, events: number | null): boolean {
    const end = this._nominal.wholeUpTo(index, events);
    if (end === null || this._shifts.some(shift => shift.wholeUpTo(index, end) === null)) {
      return false;
    }
    this.found[index] = end;
    this.chunks[index] = this._nominal.count(index);
    return true;
  }

  /** An input file without a chunk in nominal. */
  private _ofAbsent(index: number, expected: number | null | undefined): IFinding {
    if (expected === null) {
      return {
        ...FINE,
        status: 'not-in-catalogue',
        reason: 'the catalogue has no number of events for it, and it has no chunk'
      };
    }
    const missing: Range[] = expected === undefined ? [] : [[0, expected]];
    const evidence = this._evidence(index, this._nominal, missing);
    return evidence === null
      ? { ...FINE, status: 'missing', missing, reason: 'no chunk in nominal' }
      : { ...FINE, status: 'empty', missing, reason: evidence };
  }

  /** Two input files of one identifier: nobody can say whose the chunks are. */
  private _ofTwin(index: number, twins: readonly number[]): IFinding {
    const first = twins[0] ?? index; // groups are in the order of the samples JSON
    const all = [this._nominal, ...this._shifts].flatMap(shift => shift.of(first));
    const events = this._expected(index) ?? null;
    const same = `${twins.length} input files have the identifier ${this._ids[index] ?? ''}`;
    if (all.length === 0) {
      const missing: Range[] = events ? [[0, events]] : [];
      return { ...FINE, status: 'missing', missing, reason: `no chunk in nominal; ${same}` };
    }
    if (index === first) {
      const nominal = this._nominal.of(first);
      this.chunks[index] = nominal.length;
      this.found[index] = unite(nominal.map(({ start, stop }): Range => [start, stop])).total;
    }
    return {
      ...FINE,
      status: 'overlapping',
      chunks: [...new Set(all.map(({ name }) => name))],
      reason: `${same}: their chunks cannot be told apart`
    };
  }

  /** Puts together what nominal and the other variations of one file say. */
  private _join(index: number, nominal: IVerdict, expected: number | null | undefined): IFinding {
    const events = expected ?? null;
    const verdicts = [{ variation: this._nominal, verdict: nominal }];
    for (const variation of this._shifts) {
      const verdict = judge(variation.of(index), { ranges: nominal.covered, events });
      verdicts.push({ variation, verdict });
    }
    const evidence: string[] = [];
    const wrong = verdicts.filter(({ variation, verdict }) => {
      if (verdict.status !== 'partial') {
        return verdict.status !== 'complete';
      }
      const empty = this._evidence(index, variation, verdict.absent);
      if (empty !== null) {
        evidence.push(variation === this._nominal ? empty : `in ${variation.variation}: ${empty}`);
      }
      return empty === null;
    });
    const [first] = [...wrong].sort((a, b) => rank(a.verdict, nominal) - rank(b.verdict, nominal));
    // What nominal lacks; where it lacks nothing, what the other variations lack of it.
    const absent =
      nominal.absent.length > 0 || wrong.some(({ verdict }) => verdict === nominal)
        ? nominal.absent
        : verdicts.flatMap(({ verdict }) => verdict.absent);
    const missing = unite(absent).covered;
    if (first) {
      const reasons = wrong.slice(0, 3).map(({ variation, verdict }) => {
        const rule = this._rule(verdict, variation, events);
        return `${variation === this._nominal ? '' : `in ${variation.variation}: `}${verdict.reason}${rule}`;
      });
      if (wrong.length > 3) {
        reasons.push(`and ${wrong.length - 3} more variations`);
      }
      const chunks = [...new Set(wrong.flatMap(({ verdict }) => verdict.faults))];
      return { status: first.verdict.status, missing, chunks, reason: reasons.join('; ') };
    }
    if (evidence.length > 0) {
      return { status: 'empty', missing, chunks: [], reason: evidence.slice(0, 3).join('; ') };
    }
    if (expected === null) {
      const reason =
        'the catalogue has no number of events for it; its ranges have no hole from 0 on';
      return { ...FINE, status: 'not-in-catalogue', reason };
    }
    return nominal.covered.length === 0 ? { ...FINE, status: 'no-events' } : FINE;
  }

  private _rule(verdict: IVerdict, variation: ChunkTable, events: number | null): string {
    const { chunk } = this._question;
    if (chunk === null || !events || variation !== this._nominal || verdict.status !== 'partial') {
      return '';
    }
    const said = byRule(verdict.covered, events, chunk);
    return said && ` (${said})`;
  }

  /** Why all of these ranges may be empty, or null. */
  private _evidence(index: number, variation: ChunkTable, absent: readonly Range[]): string | null {
    if (absent.length === 0) {
      return null;
    }
    const lines = this._question.emptyInLogs.get(index) ?? 0;
    // A line for each absent chunk: with fewer the job may have been killed before the others.
    if (lines > 0 && lines >= this._chunksIn(index, absent)) {
      return `${inWords(absent)} has no selected event: the log of its job says so`;
    }
    if (this._question.check === 'names' || this._rows.writesEmpty() !== false) {
      return null;
    }
    const rate = this._rows.rate(variation);
    if (rate === null) {
      return null;
    }
    const said = absent.map(range => emptyByRate(range, rate));
    return said.every(words => words !== null) ? said.join('; ') : null;
  }

  /**
   * How many chunks the absent ranges of a file were, at least: by the chunk rule where the target
   * is known, else by the longest chunk that is there, else by the rule with coffea's default.
   */
  private _chunksIn(index: number, absent: readonly Range[]): number {
    const longest = Math.max(0, ...this._nominal.of(index).map(({ start, stop }) => stop - start));
    const target = this._question.chunk ?? (longest > 0 ? null : DEFAULT_TARGET);
    const [first] = target === null ? [] : chunkRule(this._expected(index) ?? 0, target);
    const length = first ? first[1] : longest;
    const lengths = absent.map(([start, stop]) => stop - start);
    return lengths.reduce((sum, events) => sum + Math.ceil(events / Math.max(length, 1)), 0);
  }
}

/** A fault of nominal comes first, then the graver one. */
function rank(verdict: IVerdict, nominal: IVerdict): number {
  return verdict === nominal ? -1 : ['truncated', 'overlapping', 'partial'].indexOf(verdict.status);
}
