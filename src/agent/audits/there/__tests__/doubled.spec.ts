import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CutAtDoubled } from '../doubled';

it('cuts the same wherever the stream was cut before', () => {
  const line = fc.array(fc.constantFrom('a', 'b', 'a\n', 'b\n', 'ab\n'), { maxLength: 6 });
  const text = fc.array(
    line.map(parts => `x${parts.join('')}`),
    { maxLength: 8 }
  );
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 9 })), (pieces, sizes) => {
      const wanted = pieces.map(piece => `${piece.replace(/\n+/g, '')}\n`);
      const stream = Buffer.from(wanted.map(piece => `${piece}\n`).join(''));
      const cutter = new CutAtDoubled(0x0a);
      const got: string[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        got.push(...cutter.push(stream.subarray(at, at + size)).map(piece => piece.toString()));
        at += size;
      }
      expect(got).toEqual(wanted);
    })
  );
});
