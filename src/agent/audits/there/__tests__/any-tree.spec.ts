/** Whatever lies in the output folder, the answer is that of the same tree on this machine. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { it } from 'vitest';
import { parquetBytes, Tree } from '../../__tests__/tree';
import { sameBothWays } from './both-ways';

const DATASETS = ['A', 'b c', 'deep', 'deep/er', 'Größe', '.dot', 'two\nlines'];
const FOLDERS = ['nominal', 'Up_up', 'JER_down', 'plots', '.hidden', "it's", 'new\nline', 'er'];
const STEMS = ['f', 'nano_1', "o'h \\n", 'ü'];

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...STEMS, '_f', 'stranger'),
        fc.constantFrom('Events', '%2FEvents%3B1', 'Events%3B2'),
        fc.constantFrom('0-10', '0-5', '5-10', '3-7', '10-20', '0-0'),
        fc.constantFrom('parquet', 'parquet', 'parquet', 'root', 'txt')
      )
      .map(([stem, tree, range, suffix]) => `${stem}_${tree}_${range}.${suffix}`)
  },
  { weight: 1, arbitrary: fc.constantFrom('merged.parquet', '.f_Events_0-10.parquet', 'x\ny', ' ') }
);

const sound = parquetBytes(2);
const content = fc.constantFrom(
  sound,
  sound,
  parquetBytes(0),
  sound.subarray(0, 40),
  sound.subarray(0, 9),
  Buffer.alloc(0),
  Buffer.from(`PAR1${'\u0015'.repeat(40)}\u0008\0\0\0PAR1`, 'latin1'),
  Buffer.concat([Buffer.from('XXXX'), sound.subarray(4)])
);

/** From the folder of a variation: beside the outputs. */
const OUTSIDE = '../../../samples.json';

const file = fc.oneof(
  { weight: 5, arbitrary: content.map(bytes => ({ bytes })) },
  { weight: 1, arbitrary: fc.constantFrom('folder' as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('/no/such/file', '.', '..', OUTSIDE, 'f_Events_0-10.parquet', 'self')
      .map(target => ({ target }))
  }
);

/** One of several, half the time this one. */
const often = (usual: string, all: readonly string[]) =>
  fc.oneof(fc.constant(usual), fc.constantFrom(...all));

const entry = fc.record({
  dataset: often('A', DATASETS),
  folder: often('nominal', FOLDERS),
  name,
  file
});

const beside = fc.record({
  path: fc.constantFrom(
    'A/link_up',
    'b c/nominal',
    'linked',
    'deep',
    'stray',
    'A/loop_down',
    'Größe'
  ),
  target: fc.constantFrom('nominal', '../A', 'A', 'A/nominal', 'loop_down', '/no/such/file', null)
});

it('gives the same answer for any tree, whatever is checked', async () => {
  const trees = fc.asyncProperty(
    fc.array(entry, { maxLength: 40 }),
    fc.array(beside, { maxLength: 3 }),
    fc.constantFrom('new' as const, 'all' as const, 'names' as const),
    fc.constantFrom('all' as const, 'nominal' as const),
    async (entries, links, check, variations) => {
      const tree = new Tree();
      for (const dataset of [...DATASETS, 'linked']) {
        STEMS.forEach((stem, i) => tree.input(dataset, stem, [10, 10, 20, null][i]));
      }
      const tried = (make: () => unknown) => {
        try {
          make();
        } catch {
          // Something else has that name already.
        }
      };
      for (const { path, target } of links) {
        tried(() => (target === null ? tree.file(path, 'x') : tree.link(path, target)));
      }
      for (const { dataset, folder, name, file } of entries) {
        const path = `${dataset}/${folder}/${name}`;
        tried(() =>
          file === 'folder'
            ? tree.folder(path)
            : 'target' in file
              ? tree.link(path, file.target)
              : tree.file(path, file.bytes)
        );
      }
      await sameBothWays(tree, { check, variations });
      rmSync(tree.root, { recursive: true });
    }
  );
  await fc.assert(trees, { numRuns: 40 });
}, 300_000);
