import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heights } from '../fit';

it('gives each what it needs, and the rest to the last one that is open', () => {
  expect(heights([100, 50, 0], 400)).toEqual([100, 300, 0]);
});

it('cuts only the large ones where there is not enough', () => {
  expect(heights([100, 900, 500], 700)).toEqual([100, 300, 300]);
  expect(heights([900, 0, 900], 700)).toEqual([350, 0, 350]);
});

it('gives away all of the room, and nothing to a closed one', () => {
  const need = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(
      fc.array(need, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      (needs, room) => {
        const given = heights(needs, room);
        const sum = given.reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(needs.some(one => one > 0) ? room : 0);
        needs.forEach((one, index) => one === 0 && expect(given[index]).toBe(0));
        expect(given.every(height => height >= 0)).toBe(true);
      }
    )
  );
});
