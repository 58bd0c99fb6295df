import type { CSSProperties, ReactNode } from 'react';

/** One column of a table. */
export interface IColumn<R> {
  readonly key: string;
  readonly title: ReactNode;
  /** Width as a track of a CSS grid. */
  readonly width: string;
  readonly isNumber?: boolean;
  readonly isSortable?: boolean;
  readonly cell: (row: R) => ReactNode;
  /** What the pointer shows. */
  readonly tip?: (row: R) => string;
}

/** By which column a table is sorted. */
export interface ISort {
  readonly key: string;
  readonly descending: boolean;
}

/** The row of titles, which stays in sight; those that sort are buttons. */
export function Header<R>(props: {
  readonly columns: ReadonlyArray<IColumn<R>>;
  readonly tracks: CSSProperties;
  readonly sort: ISort | undefined;
  readonly onSort: ((key: string) => void) | undefined;
}) {
  const { columns, tracks, sort, onSort } = props;
  return (
    <div className="jp-hepbatch-Table-header" role="row" aria-rowindex={1} style={tracks}>
      {columns.map(({ key, title, isSortable, isNumber }) => {
        const by = sort?.key === key ? sort : undefined;
        const sorted = by === undefined ? 'none' : by.descending ? 'descending' : 'ascending';
        const name = `jp-hepbatch-Table-title${isNumber === true ? ' jp-mod-number' : ''}`;
        if (isSortable !== true || onSort === undefined) {
          return (
            <div key={key} role="columnheader" className={name}>
              {title}
            </div>
          );
        }
        return (
          <div key={key} role="columnheader" aria-sort={sorted} className={name}>
            <button type="button" onClick={() => onSort(key)}>
              {title}
              <span aria-hidden="true">{by === undefined ? '' : by.descending ? ' ▾' : ' ▴'}</span>
            </button>
          </div>
        );
      })}
    </div>
  );
}
