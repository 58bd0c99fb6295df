import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lanes } from '../lanes';

it('does everything once, in order, and never more at once than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(50), fc.integer({ min: 1, max: 8 }), async (count, width) => {
      const begun: number[] = [];
      let open = 0;
      let most = 0;
      await lanes(count, width, async index => {
        begun.push(index);
        most = Math.max(most, ++open);
        await turn();
        open--;
      });
      expect(begun).toEqual([...Array(count).keys()]);
      expect(most).toBe(Math.min(width, count));
    })
  );
});

it('begins nothing more after an error, and tells it when what was begun has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = lanes(100, 3, async index => {
    begun.push(index);
    for (let turns = 0; turns <= index; turns++) {
      await turn();
    }
    ended.push(index);
    if (index !== 2) {
      throw new Error(`item ${index}`);
    }
  });
  await expect(work).rejects.toThrow('item 0');
  expect(begun).toEqual([0, 1, 2]);
  expect(ended).toEqual([0, 1, 2]);
});
