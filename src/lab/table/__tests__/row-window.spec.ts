// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentHeight, MAX_HEIGHT, rowWindow, scrollToRow } from '../row-window';

const views = fc.record({
  total: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 5_000_000 })),
  rowHeight: fc.integer({ min: 10, max: 60 }),
  viewHeight: fc.integer({ min: 20, max: 2000 })
});

it('is never higher than browsers allow, and has a pixel for each row while it can', () => {
  expect(contentHeight({ total: 200_000, rowHeight: 26, viewHeight: 500 })).toBe(5_200_000);
  expect(contentHeight({ total: 1_000_000, rowHeight: 26, viewHeight: 500 })).toBe(MAX_HEIGHT);
});

it('covers the view at every scroll position, with rows that exist', () => {
  fc.assert(
    fc.property(views, fc.double({ min: 0, max: 1, noNaN: true }), (view, part) => {
      const most = Math.max(0, contentHeight(view) - view.viewHeight);
      const scrollTop = part * most;
      const { first, count, top } = rowWindow(view, scrollTop);
      if (view.total === 0) {
        expect(count).toBe(0);
        return;
      }
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + count).toBeLessThanOrEqual(view.total);
      expect(top).toBeLessThanOrEqual(scrollTop + 1e-3);
      const bottom = top + count * view.rowHeight;
      const wanted = Math.min(scrollTop + view.viewHeight, contentHeight(view));
      expect(bottom).toBeGreaterThanOrEqual(wanted - 1e-3);
    })
  );
});

it('shows the first row at the top and the last row at the bottom', () => {
  fc.assert(
    fc.property(
      views.filter(({ total }) => total > 0),
      view => {
        const bottom = Math.max(0, contentHeight(view) - view.viewHeight);
        expect(rowWindow(view, 0).first).toBe(0);
        const { first, count, top } = rowWindow(view, bottom);
        expect(first + count).toBe(view.total);
        const end = top + count * view.rowHeight;
        expect(end).toBeLessThanOrEqual(contentHeight(view) + 1e-3);
      }
    )
  );
});

it('scrolls to any row so that it is wholly in view, and not at all where it already is', () => {
  fc.assert(
    fc.property(
      views.filter(({ total, rowHeight, viewHeight }) => total > 0 && viewHeight >= rowHeight),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (view, from, to) => {
        const row = Math.floor(to * view.total);
        const start = from * Math.max(0, contentHeight(view) - view.viewHeight);
        const there = scrollToRow(view, start, row);
        const { first, top } = rowWindow(view, there);
        const above = top + (row - first) * view.rowHeight;
        expect(above).toBeGreaterThanOrEqual(there - 0.01);
        expect(above + view.rowHeight).toBeLessThanOrEqual(there + view.viewHeight + 0.01);
        expect(scrollToRow(view, there, row)).toBeCloseTo(there, 3);
      }
    )
  );
});
