import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { contentHeight, rowWindow, scrollToRow } from './row-window';
import { Header } from './header';
import type { IColumn, ISort } from './header';

/** Height of a row in pixels; the stylesheet has the same number. */
export const ROW_HEIGHT = 26;

/** A table of any length, of which only the rows in view are drawn. */
export function Table<R>(props: {
  readonly label: string;
  readonly total: number;
  readonly row: (index: number) => R | undefined;
  readonly columns: ReadonlyArray<IColumn<R>>;
  readonly isSelected: (row: R) => boolean;
  /** `add`: beside what is selected; `range`: from the last one up to this one. */
  readonly onSelect: (index: number, how: 'one' | 'add' | 'range') => void;
  readonly multiple?: boolean;
  /** For Ctrl+A. */
  readonly onSelectAll?: () => void;
  readonly sort?: ISort;
  readonly onSort?: (key: string) => void;
  readonly onWindow?: (first: number, count: number) => void;
  readonly empty: ReactNode;
  /** Pixels below which the table scrolls sideways. */
  readonly minWidth?: number;
}) {
  const { total, row, columns, onSelect, onWindow } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [viewHeight, setViewHeight] = useState(300);
  const [active, setActive] = useState(0);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (node === null) {
      return;
    }
    const measure = () => setViewHeight(Math.max(node.clientHeight - ROW_HEIGHT, ROW_HEIGHT));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(node);
    return () => watch.disconnect();
  }, []);
  const view = { total, rowHeight: ROW_HEIGHT, viewHeight };
  const { first, count, top } = rowWindow(view, scrollTop);
  useEffect(() => onWindow?.(first, count), [onWindow, first, count, total]);

  const go = (index: number, how: 'one' | 'range' | 'none') => {
    const to = Math.min(Math.max(index, 0), total - 1);
    const node = scroller.current;
    if (to < 0 || node === null) {
      return;
    }
    setActive(to);
    node.scrollTop = scrollToRow(view, node.scrollTop, to);
    if (how !== 'none') {
      onSelect(to, how);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return; // a button inside a row
    }
    const page = Math.max(Math.floor(viewHeight / ROW_HEIGHT) - 1, 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: total - 1
    };
    const to = steps[event.key];
    if (to !== undefined) {
      const one = event.shiftKey && props.multiple === true ? 'range' : 'one';
      go(to, event.ctrlKey || event.metaKey ? 'none' : one);
    } else if (
      event.key === 'a' &&
      (event.ctrlKey || event.metaKey) &&
      props.onSelectAll !== undefined
    ) {
      props.onSelectAll();
    } else if (event.key === ' ' && props.multiple === true) {
      onSelect(active, 'add');
    } else if (event.key === 'Enter' || event.key === ' ') {
      onSelect(active, 'one');
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent, index: number) => {
    const add = event.ctrlKey || event.metaKey;
    setActive(index);
    onSelect(
      index,
      props.multiple !== true ? 'one' : event.shiftKey ? 'range' : add ? 'add' : 'one'
    );
  };
  const minWidth = props.minWidth ?? 0;
  const template = columns.map(column => column.width).join(' ');
  const tracks = { gridTemplateColumns: template, minWidth };
  const rows = Array.from({ length: Math.max(count, 0) }, (_, i) => first + i);
  return (
    <div
      ref={scroller}
      className="jp-hepbatch-Table"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-multiselectable={props.multiple === true}
      aria-activedescendant={total > 0 ? `${id}-${active}` : undefined}
      onScroll={event => setScrollTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <Header columns={columns} tracks={tracks} sort={props.sort} onSort={props.onSort} />
      {total === 0 && <div className="jp-hepbatch-Table-empty">{props.empty}</div>}
      <div
        className="jp-hepbatch-Table-body"
        role="rowgroup"
        style={{ height: contentHeight(view), minWidth }}
      >
        <div className="jp-hepbatch-Table-rows" style={{ transform: `translateY(${top}px)` }}>
          {rows.map((index, i) => {
            const held = row(index);
            const selected = held !== undefined && props.isSelected(held);
            return (
              <div
                key={i} // recycled: the same element shows another row
                id={`${id}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={selected}
                className={rowClass(selected, index === active)}
                style={tracks}
                onClick={event => onClick(event, index)}
              >
                {columns.map(column => (
                  <div
                    key={column.key}
                    role="gridcell"
                    className={cellClass(column)}
                    title={held === undefined ? undefined : column.tip?.(held)}
                  >
                    {held === undefined ? (column === columns[0] ? '…' : '') : column.cell(held)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function rowClass(selected: boolean, active: boolean): string {
  const base = 'jp-hepbatch-Table-row';
  return `${base}${selected ? ' jp-mod-selected' : ''}${active ? ' jp-mod-active' : ''}`;
}

function cellClass<R>(column: IColumn<R>): string {
  const base = 'jp-hepbatch-Table-cell';
  return column.isNumber === true ? `${base} jp-mod-number` : base;
}
