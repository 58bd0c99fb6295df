import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { runnerTexts } from '../runner';

const keys = fc.oneof(fc.string(), fc.constantFrom('samplejson', '__proto__', 'year', '1'));

it('writes a runner JSON as it was, but for the samples JSON, which keeps its place', () => {
  const entries = fc.uniqueArray(fc.tuple(keys, fc.jsonValue()), { selector: ([key]) => key });
  fc.assert(
    fc.property(entries, fc.string(), (listed, samplesJson) => {
      const runner = Object.fromEntries(listed);
      const wanted = { ...runner, samplejson: samplesJson };
      expect(runnerTexts(runner)(samplesJson)).toBe(`${JSON.stringify(wanted, null, 4)}\n`);
    })
  );
});
