import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputOf, parseChunkName } from '../chunk-name';

/** The shape as the field writes it down; the parser by hand must not differ from it. */
const SHAPE = /^(.+)_([^_]+)_(\d+)-(\d+)\.(parquet|root|txt)$/s;

describe('the name of a chunk', () => {
  it.each([
    [
      '47088b40-7eff-11ec-a9ae-ac84e4a9beef_%2FEvents%3B1_0-32547.parquet',
      '47088b40-7eff-11ec-a9ae-ac84e4a9beef',
      0,
      32547
    ],
    [
      '47088b40-7eff-11ec-a9ae-ac84e4a9beef_Events_0-32547.parquet',
      '47088b40-7eff-11ec-a9ae-ac84e4a9beef',
      0,
      32547
    ],
    ['nano_Events%3B2_100-200.root', 'nano', 100, 200],
    ['_817DB9CF_Events_0-100.parquet', '_817DB9CF', 0, 100],
    ['nano_mc2024_126_Events_0-100.parquet', 'nano_mc2024_126', 0, 100],
    ['x_Events_0-0.txt', 'x', 0, 0]
  ])('%s is understood', (name, id, start, stop) => {
    expect(parseChunkName(name)).toMatchObject({ id, start, stop });
  });

  it.each([
    'merged.parquet',
    'NOTAG_merged.parquet',
    'x.parquet.tmp',
    'x_Events_0-100.parquet.tmp',
    'x_Events_0-100.coffea',
    'x_Events_100-0.parquet',
    'x_Events_0-99999999999999999999.parquet',
    'x_Events_-5-100.parquet',
    'x_Events_0-.parquet',
    '_Events_0-100.parquet',
    'x__0-100.parquet',
    '.parquet',
    ''
  ])('%s is none', name => {
    expect(parseChunkName(name)).toBeNull();
  });

  it('comes back from what was written, whatever the identifier holds', () => {
    const id = fc.string({ minLength: 1, unit: 'binary' });
    const tree = fc.constantFrom('Events', '%2FEvents%3B1', 'Events%3B2');
    const ends = fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    const suffix = fc.constantFrom('parquet', 'root', 'txt');
    fc.assert(
      fc.property(id, tree, ends, suffix, (id, tree, [start = 0, stop = 0], suffix) => {
        const read = parseChunkName(`${id}_${tree}_${start}-${stop}.${suffix}`);
        expect(read).toEqual({ id, start, stop, suffix });
      })
    );
  });

  it('is read as the regular expression of the field reads it', () => {
    const parts = fc.constantFrom('_', '-', '.', '1', '23', 'Events', 'parquet', 'root', 'é', '\n');
    const noise = fc.array(parts, { maxLength: 12 }).map(list => list.join(''));
    const name = fc.oneof(
      noise,
      noise.map(text => `${text}_0-5.parquet`),
      noise.map(text => `${text}.txt`)
    );
    fc.assert(
      fc.property(name, name => {
        const [, id, , start, stop] = SHAPE.exec(name) ?? [];
        const expected = id !== undefined && Number(start) <= Number(stop) ? id : undefined;
        expect(parseChunkName(name)?.id).toBe(expected);
      }),
      { numRuns: 2000 }
    );
  });
});

describe('the input of a chunk', () => {
  const inputs = new Map([
    ['nano', 0],
    ['_nano', 1],
    ['other', 2]
  ]);

  it('keeps a leading underscore where an input has it', () => {
    expect(inputOf('_nano', inputs)).toBe(1);
  });

  it('drops it where none has', () => {
    expect(inputOf('_other', inputs)).toBe(2);
    expect(inputOf('__other', inputs)).toBe(2);
  });

  it('is nobody for a stranger', () => {
    expect(inputOf('_', inputs)).toBeUndefined();
    expect(inputOf('Nano', inputs)).toBeUndefined();
  });
});
