import { describe, expect, it } from 'vitest';
import { ofSelection, ofToken } from '../constraint';

const cluster = { schedd: 'a', id: '12' };

describe('expressions', () => {
  it('a token that could end the string is refused', () => {
    expect(ofToken('9b1d-4')).toBe('HepbatchSubmission =?= "9b1d-4"');
    expect(() => ofToken('x" || true || "')).toThrow('is no token');
    expect(() => ofToken('')).toThrow('is no token');
  });

  it('a selection never leaves its cluster', () => {
    expect(ofSelection({ cluster, procs: null })).toEqual(['ClusterId == 12']);
    expect(ofSelection({ cluster, procs: [] })).toEqual([]);
    expect(ofSelection({ cluster, procs: [4, 1, 2, 3, 9] })).toEqual([
      'ClusterId == 12 && ((ProcId >= 1 && ProcId <= 4) || ProcId == 9)'
    ]);
    expect(() => ofSelection({ cluster: { schedd: null, id: '1 || true' }, procs: null })).toThrow(
      'is no ClusterId'
    );
  });

  it('many jobs that do not touch are as many expressions as fit into an argument', () => {
    const procs = Array.from({ length: 10_000 }, (_, at) => at * 2);
    const expressions = ofSelection({ cluster, procs });
    expect(expressions).toHaveLength(10);
    expect(Math.max(...expressions.map(text => text.length))).toBeLessThan(128 * 1024);
  });
});
