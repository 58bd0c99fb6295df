import { FILE_STATUSES, type FileRow, type FileStatus } from '../../contract';
import { statusAt } from './outcome';
import type { DatasetResult, IResult, KeptProblem } from './result';
import type { AuditBody } from './service';

/** What each file was last time, where that is known: dataset, then URL; absent: no problem. */
export type Earlier = ReadonlyMap<string, ReadonlyMap<string, FileStatus>>;

/** One file of one dataset, as a position. */
interface IPlace {
  readonly dataset: DatasetResult;
  /** Index of the input file, or of the problem where the outcome is not at hand. */
  readonly index: number;
}

type Query = AuditBody<'files'>;

/**
 * The input files of an answer as a table that is asked page by page. Filtering and sorting
 * 200,000 files takes a moment, so the last order is kept while somebody scrolls.
 */
export class FileTable {
  constructor(
    private readonly _result: IResult,
    private readonly _earlier: Earlier
  ) {}

  page(query: Query): { total: number; rows: FileRow[] } {
    const places = this._places(query);
    const shown = places.slice(query.offset, query.offset + query.limit);
    return { total: places.length, rows: shown.map(place => this._row(place)) };
  }

  private _places(query: Query): IPlace[] {
    const key = JSON.stringify({ ...query, offset: 0, limit: 0 });
    if (this._order?.key !== key) {
      this._order = { key, places: this._sort(this._filter(query), query) };
    }
    return this._order.places;
  }

  private _filter({ datasets, statuses, text, changed }: Query): IPlace[] {
    const wanted = datasets && new Set(datasets);
    const allowed = statuses && new Set(statuses);
    const part = text.toLowerCase();
    const places: IPlace[] = [];
    for (const dataset of this._result.datasets) {
      if ((wanted && !wanted.has(dataset.row.dataset)) || dataset.row.unknown !== null) {
        continue;
      }
      const count = dataset.outcome?.urls.length ?? dataset.problems.length;
      for (let index = 0; index < count; index += 1) {
        const place = { dataset, index };
        if (
          (!allowed || allowed.has(statusOf(place))) &&
          (part === '' || `${urlOf(place)}\n${idOf(place)}`.toLowerCase().includes(part)) &&
          (!changed || this._was(place) !== null)
        ) {
          places.push(place);
        }
      }
    }
    return places;
  }

  private _sort(places: IPlace[], { sort, descending }: Query): IPlace[] {
    const collator = new Intl.Collator('en', { numeric: true });
    const orders: Record<Query['sort'], ((a: IPlace, b: IPlace) => number) | null> = {
      json: null,
      file: (a, b) => collator.compare(urlOf(a), urlOf(b)),
      status: (a, b) => rankOf(a) - rankOf(b),
      expected: (a, b) => (expectedOf(a) ?? -1) - (expectedOf(b) ?? -1),
      found: (a, b) => foundOf(a) - foundOf(b),
      chunks: (a, b) => chunksOf(a) - chunksOf(b)
    };
    const order = orders[sort];
    if (order) {
      places.sort(order);
    }
    return descending ? places.reverse() : places;
  }

  private _row(place: IPlace): FileRow {
    const problem = this._problem(place);
    return {
      dataset: place.dataset.row.dataset,
      file: urlOf(place),
      id: idOf(place),
      status: statusOf(place),
      was: this._was(place),
      expected: expectedOf(place),
      found: foundOf(place),
      chunks: chunksOf(place),
      missing: problem?.missing ?? [],
      faults: problem?.chunks ?? [],
      reason: problem?.reason ?? ''
    };
  }

  private _was(place: IPlace): FileStatus | null {
    const before = this._earlier.get(place.dataset.row.dataset);
    if (!before) {
      return null;
    }
    const now = statusOf(place);
    const then = before.get(urlOf(place));
    const isFine = now === 'complete' || now === 'no-events';
    return then === undefined ? (isFine ? null : 'complete') : then === now ? null : then;
  }

  private _problem({ dataset, index }: IPlace): KeptProblem | undefined {
    if (!dataset.outcome) {
      return dataset.problems[index];
    }
    let byFile = this._problems.get(dataset);
    if (!byFile) {
      byFile = new Map(dataset.problems.map(problem => [problem.file, problem]));
      this._problems.set(dataset, byFile);
    }
    return byFile.get(dataset.outcome.urls[index] ?? '');
  }

  private _order: { key: string; places: IPlace[] } | null = null;
  private readonly _problems = new Map<DatasetResult, Map<string, KeptProblem>>();
}

function urlOf({ dataset, index }: IPlace): string {
  return (dataset.outcome ? dataset.outcome.urls[index] : dataset.problems[index]?.file) ?? '';
}

function idOf({ dataset, index }: IPlace): string {
  return (dataset.outcome ? dataset.outcome.ids[index] : dataset.problems[index]?.id) ?? '';
}

function statusOf({ dataset, index }: IPlace): FileStatus {
  return dataset.outcome
    ? statusAt(dataset.outcome.answer.status[index])
    : (dataset.problems[index]?.status ?? 'complete');
}

function rankOf(place: IPlace): number {
  return FILE_STATUSES.indexOf(statusOf(place));
}

function expectedOf({ dataset, index }: IPlace): number | null {
  return (
    (dataset.outcome ? dataset.outcome.expected?.[index] : dataset.problems[index]?.expected) ??
    null
  );
}

function foundOf({ dataset, index }: IPlace): number {
  return (
    (dataset.outcome ? dataset.outcome.answer.found[index] : dataset.problems[index]?.found) ?? 0
  );
}

function chunksOf({ dataset, index }: IPlace): number {
  return (
    (dataset.outcome ? dataset.outcome.answer.chunks[index] : dataset.problems[index]?.count) ?? 0
  );
}
