import { Buffer } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MarkedStream } from '../marked-stream';
import { markOf } from '../remote-command';

const NONCE = '0123456789abcdef';
const MARK = Buffer.from(markOf(NONCE));

/** Bytes that may well contain the beginning of a mark, but never a whole one. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map(part => Buffer.from(part)),
      fc.integer({ min: 1, max: MARK.length - 1 }).map(length => MARK.subarray(0, length))
    )
  )
  .map(parts => Buffer.concat(parts))
  .filter(whole => !whole.includes(MARK));

function inChunks(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...cuts.map(cut => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return at.map((end, index) => whole.subarray(index === 0 ? 0 : at[index - 1], end));
}

async function read(parts: readonly Buffer[]) {
  const heard: unknown[] = [];
  const stream = new MarkedStream(NONCE, {
    onStart: group => heard.push(group),
    onEnd: said => heard.push(said)
  });
  const words = buffer(stream);
  parts.forEach(part => stream.write(part));
  stream.end();
  return { words: await words, heard, stream };
}

const report = (words: string) => Buffer.concat([MARK, Buffer.from(`${words}\n`)]);

it('gives the words between start and end byte for byte, however they are cut', async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(bytes, bytes, bytes, cuts, async (noise, said, after, cut) => {
      const whole = [noise, report('start 4711'), said, report('end 3'), after];
      const { words, heard } = await read(inChunks(Buffer.concat(whole), cut));
      expect(words.equals(said)).toBe(true);
      expect(heard).toEqual([4711, { status: 3 }]);
    })
  );
});

it('gives all that came of a stream that was cut off, and reports no end', async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(bytes, cuts, fc.nat(), async (said, cut, length) => {
      const start = report('start 1');
      const whole = Buffer.concat([start, said, report('end 0')]);
      const broken = whole.subarray(0, start.length + (length % (said.length + MARK.length + 5)));
      const { words, heard, stream } = await read(inChunks(broken, cut));
      expect(said.subarray(0, words.length).equals(words.subarray(0, said.length))).toBe(true);
      expect(words.length).toBeGreaterThanOrEqual(
        Math.min(said.length, broken.length - start.length)
      );
      expect([heard, stream.hasEnded]).toEqual([[1], false]);
    })
  );
});

it('keeps what came before the start, cut, to say why there was none', async () => {
  const { words, heard, stream } = await read([Buffer.from('No account.\n'), Buffer.alloc(9999)]);
  expect([words.length, heard, stream.hasStarted]).toEqual([0, [], false]);
  expect(stream.noise.startsWith('No account.')).toBe(true);
  expect(stream.noise.length).toBeLessThanOrEqual(2000);
});

it('tells what could not be done', async () => {
  const { heard } = await read([report('start 7'), report('failed cwd')]);
  expect(heard).toEqual([7, { failed: 'cwd' }]);
});
