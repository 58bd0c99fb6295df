import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FRAME_KINDS, FrameReader, encodeFrame } from '..';

const frame = fc.record({ kind: fc.constantFrom(...FRAME_KINDS), bytes: fc.uint8Array() });

it('puts frames together from pieces of any size', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(20)), (frames, cuts) => {
      const whole = frames.map(encodeFrame).flatMap(bytes => Array.from(bytes));
      const reader = new FrameReader();
      const got = [];
      let at = 0;
      for (const cut of [...cuts, whole.length]) {
        got.push(...reader.push(Uint8Array.from(whole.slice(at, at + cut))));
        at += cut;
      }
      expect(got.map(({ kind, bytes }) => ({ kind, bytes: Array.from(bytes) }))).toEqual(
        frames.map(({ kind, bytes }) => ({ kind, bytes: Array.from(bytes) }))
      );
    })
  );
});

it('refuses what is no frame', () => {
  expect(() => new FrameReader().push(Uint8Array.from([7, 0, 0, 0, 0]))).toThrow(/kind 7/);
  expect(() => new FrameReader().push(Uint8Array.from([0, 255, 0, 0, 0]))).toThrow(/bytes/);
});
