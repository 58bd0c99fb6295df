import type { Audit, FileStatus } from '../../contract';
import type { Earlier, FileTable } from './file-table';
import type { IResult } from './result';

/** One audit of this agent's life. */
export interface IEntry {
  audit: Audit;
  result: IResult | null;
  table: FileTable | null;
  /** What each file was in the audit before. */
  earlier: Earlier;
  readonly stop: AbortController;
  /** Resolves when the audit has ended. */
  done: Promise<void>;
}

/** One that has not begun. */
export function entryOf(audit: Audit): IEntry {
  return {
    audit,
    result: null,
    table: null,
    earlier: new Map<string, Map<string, FileStatus>>(),
    stop: new AbortController(),
    done: Promise.resolve()
  };
}
