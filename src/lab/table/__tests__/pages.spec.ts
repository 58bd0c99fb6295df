// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HepbatchError } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { Pages } from '../pages';
import type { ReadPage } from '../pages';

/** A list of numbers, and what was read of it. */
function listOf(length: number, size = 10, kept = 50) {
  const reads: number[] = [];
  const list = { length, first: 0 };
  const read: ReadPage<number> = async (offset, limit) => {
    reads.push(offset);
    await Promise.resolve();
    const count = Math.max(0, Math.min(limit, list.length - offset));
    const rows = Array.from({ length: count }, (_, i) => list.first + offset + i);
    return { total: list.length, rows };
  };
  return { reads, list, pages: new Pages(read, size, kept) };
}

it('reads the pages in view and no others, each once', async () => {
  const { reads, pages } = listOf(1000);
  pages.want(25, 10);
  await until(() => pages.row(34) !== undefined);
  pages.want(26, 10);
  await Promise.resolve();
  expect(reads).toEqual([20, 30]);
  expect(pages.total).toBe(1000);
  expect(pages.row(25)).toBe(25);
  expect(pages.row(40)).toBeUndefined();
});

it('holds every row that was in view, whatever the order of scrolling', async () => {
  const scrolls = fc.array(fc.nat(990), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(scrolls, async firsts => {
      const { pages } = listOf(1000);
      for (const first of firsts) {
        pages.want(first, 10);
        await until(() => pages.row(first + 9) !== undefined && pages.row(first) !== undefined);
        expect(pages.row(first)).toBe(first);
      }
    }),
    { numRuns: 20 }
  );
});

it('reads what is seen now before what scrolled by', async () => {
  const { reads, pages } = listOf(10_000);
  for (let first = 0; first < 5000; first += 100) {
    pages.want(first, 10);
  }
  await until(() => pages.row(4900) !== undefined);
  expect(reads.length).toBeLessThanOrEqual(4);
});

it('lets go of pages that were not seen for long', async () => {
  const { pages } = listOf(1000, 10, 3);
  for (const first of [0, 100, 200, 300]) {
    pages.want(first, 10);
    await until(() => pages.row(first) !== undefined);
  }
  expect(pages.row(0)).toBeUndefined();
  expect(pages.row(300)).toBe(300);
});

it('keeps rows in sight while they are read anew, and then shows the new ones', async () => {
  const { list, pages } = listOf(30);
  pages.want(0, 10);
  await until(() => pages.row(0) !== undefined);
  list.first = 500;
  list.length = 20;
  pages.renew();
  expect(pages.row(0)).toBe(0);
  await until(() => pages.row(0) === 500);
  expect(pages.total).toBe(20);
});

it('forgets everything for another question, and takes no answer to the old one', async () => {
  const answers: ((length: number) => void)[] = [];
  const pages = new Pages<string>(
    () =>
      new Promise(resolve => {
        answers.push(length => resolve({ total: length, rows: [`of ${length}`] }));
      })
  );
  pages.want(0, 1);
  pages.restart();
  expect(pages.total).toBeNull();
  answers[1]?.(2);
  await until(() => pages.total === 2);
  answers[0]?.(1);
  await new Promise(resolve => setTimeout(resolve, 5));
  expect(pages.total).toBe(2);
  expect(pages.row(0)).toBe('of 2');
  pages.dispose();
});

it('reads nothing until a view wants it', async () => {
  const { reads, pages } = listOf(10);
  pages.renew();
  pages.restart();
  await Promise.resolve();
  expect(reads).toEqual([]);
});

it('says why a read failed, and tries no more until it is renewed', async () => {
  let isBroken = true;
  let reads = 0;
  const pages = new Pages<number>(() => {
    reads += 1;
    return isBroken
      ? Promise.reject(new HepbatchError('unreachable', 'gone', { next: 'Wait.' }))
      : Promise.resolve({ total: 1, rows: [7] });
  });
  pages.want(0, 1);
  await until(() => pages.failure !== null);
  pages.want(0, 1);
  expect(pages.failure?.message).toBe('gone');
  expect(reads).toBe(1);
  isBroken = false;
  pages.renew();
  await until(() => pages.row(0) === 7);
  expect(pages.failure).toBeNull();
  pages.dispose();
});

it('reads the whole list in order', async () => {
  const { pages } = listOf(1234);
  expect(await pages.all(100)).toEqual(Array.from({ length: 1234 }, (_, i) => i));
  expect(await listOf(0).pages.all()).toEqual([]);
});
