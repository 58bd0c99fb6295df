import { expect, it } from 'vitest';
import { histogram } from '../histogram';

it('counts each value once, in bins of a round width', () => {
  const counted = histogram([0, 1, 9.9, 10, 399], null, 40);
  expect(counted?.width).toBe(10);
  expect(counted?.starts.slice(0, 3)).toEqual([0, 10, 20]);
  expect(counted?.counts.slice(0, 2)).toEqual([3, 1]);
  expect(counted?.counts.at(-1)).toBe(1);
  expect(counted?.counts.reduce((sum, count) => sum + count, 0)).toBe(5);
});

it('reaches as far as what was asked for', () => {
  const counted = histogram([100], 2000, 40);
  expect(counted?.starts.at(-1)).toBe(2000);
});

it('is nothing where nothing is known', () => {
  expect(histogram([], 2000)).toBeNull();
});
