import { createElement } from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { afterEach, expect, it, vi } from 'vitest';
import { until } from '../../__tests__/real-agent';
import { Table } from '../table';

const trans = nullTranslator.load('hepbatch');
const shown: Widget[] = [];

afterEach(() => shown.splice(0).forEach(widget => widget.dispose()));

async function open(total: number) {
  const onSelect = vi.fn();
  const onSort = vi.fn();
  const onWindow = vi.fn();
  const widget = ReactWidget.create(
    createElement(Table<number>, {
      label: trans.__('Numbers'),
      total,
      row: index => index,
      columns: [
        {
          key: 'n',
          title: trans.__('Number'),
          width: '1fr',
          isSortable: true,
          cell: n => `row ${n}`
        }
      ],
      isSelected: n => n === 1,
      onSelect,
      multiple: true,
      sort: { key: 'n', descending: true },
      onSort,
      onWindow,
      empty: 'nothing here'
    })
  );
  shown.push(widget);
  Widget.attach(widget, document.body);
  MessageLoop.flush();
  const find = (role: string) => [...widget.node.querySelectorAll<HTMLElement>(`[role="${role}"]`)];
  await until(() => find('grid').length > 0);
  const [grid] = find('grid');
  const press = (key: string, more: KeyboardEventInit = {}) =>
    grid?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  return { node: widget.node, find, grid, press, onSelect, onSort, onWindow };
}

it('draws a handful of a million rows, and tells a screen reader how many there are', async () => {
  const { find, grid, onWindow } = await open(1_000_000);
  expect(find('row').length).toBeLessThan(30);
  expect(grid?.getAttribute('aria-rowcount')).toBe('1000001');
  expect(find('columnheader')[0]?.getAttribute('aria-sort')).toBe('descending');
  await until(() => onWindow.mock.calls.length > 0);
  expect(onWindow.mock.lastCall?.[0]).toBe(0);
});

it('walks by keys, to the last row too', async () => {
  const { press, grid, find, onSelect } = await open(1_000_000);
  press('ArrowDown');
  expect(onSelect).toHaveBeenLastCalledWith(1, 'one');
  await until(() => grid?.getAttribute('aria-activedescendant')?.endsWith('-1') === true);
  press('ArrowDown', { shiftKey: true });
  expect(onSelect).toHaveBeenLastCalledWith(2, 'range');
  press('End');
  expect(onSelect).toHaveBeenLastCalledWith(999_999, 'one');
  // jsdom lays nothing out, so it does not tell of scrolling by itself.
  grid?.dispatchEvent(new Event('scroll'));
  await until(() => find('row').some(({ textContent }) => textContent === 'row 999999'));
  press('PageUp');
  const page: unknown = onSelect.mock.lastCall?.[0];
  expect(page).toBeLessThan(999_999);
});

it('selects by the pointer, and adds with the control key', async () => {
  const { find, onSelect } = await open(5);
  const click = (init: MouseEventInit) =>
    find('row')[2]?.dispatchEvent(new MouseEvent('click', { bubbles: true, ...init }));
  click({});
  expect(onSelect).toHaveBeenLastCalledWith(1, 'one');
  click({ ctrlKey: true });
  expect(onSelect).toHaveBeenLastCalledWith(1, 'add');
  expect(find('row')[2]?.getAttribute('aria-selected')).toBe('true');
});

it('sorts by the title of a column, and says when it is empty', async () => {
  const { node, onSort, press, onSelect } = await open(0);
  node.querySelector<HTMLElement>('[role="columnheader"] button')?.click();
  expect(onSort).toHaveBeenCalledWith('n');
  expect(node.textContent).toContain('nothing here');
  press('ArrowDown');
  expect(onSelect).not.toHaveBeenCalled();
});
