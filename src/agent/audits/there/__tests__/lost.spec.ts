/** A line that breaks while an audit runs: what is not known is never complete, and never missing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tree } from '../../__tests__/tree';
import { auditOf } from './both-ways';
import { breakingLine } from './breaking';

function fine(datasets = 3): Tree {
  const tree = new Tree();
  for (let i = 0; i < datasets; i += 1) {
    for (const stem of ['f', 'g']) {
      tree.input(`D${i}`, stem, 20);
      tree.chunk(`D${i}/nominal/${stem}_Events_0-10.parquet`);
      tree.chunk(`D${i}/nominal/${stem}_Events_10-20.parquet`);
    }
  }
  return tree;
}

it('ends with connection-lost where the list breaks off, wherever that is', async () => {
  const tree = fine();
  const whole = await auditOf(tree, { on: 'there', check: 'names' });
  expect(whole).toContain('"complete": 2');
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 120 }), async bytes => {
      const host = breakingLine({ word: 'xargs', bytes });
      const said = await auditOf(tree, { on: 'there', check: 'names' }, host);
      expect(said).toMatch(/^connection-lost: .*far away.*: the line broke$/);
    }),
    { numRuns: 15 }
  );
});

it('ends with connection-lost where no chunk could be looked at', async () => {
  const host = breakingLine({ word: 'zlib', bytes: 3 });
  expect(await auditOf(fine(), { on: 'there' }, host)).toMatch(
    /^connection-lost: .*the line broke$/
  );
});

it('leaves unknown what was not looked at, and answers for the others', async () => {
  const tree = fine(200);
  const host = breakingLine({ word: 'zlib', bytes: 1500 });
  const said = await auditOf(tree, { on: 'there' }, host);
  const complete = [...said.matchAll(/"complete": 2/g)].length;
  const unknown = [...said.matchAll(/"unknown": "far away: the line broke"/g)].length;
  expect(complete).toBeGreaterThan(0);
  expect(unknown).toBeGreaterThan(0);
  expect(complete + unknown).toBe(200);
  expect(said).not.toContain('"status"');
});

it('says so where the host is not open', async () => {
  const host = {
    ...breakingLine({ word: 'never', bytes: 0 }),
    start: () => Promise.reject(new Error('closed'))
  };
  expect(await auditOf(fine(), { on: 'there' }, host)).toMatch(/closed/);
});
