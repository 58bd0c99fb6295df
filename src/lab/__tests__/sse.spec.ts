// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SseParser } from '../sse';

it('reads the same messages however the stream is cut', () => {
  const line = fc.string({ unit: 'grapheme' }).filter(text => !/[\r\n]/.test(text));
  const message = fc.record({
    id: fc.option(fc.stringMatching(/^[0-9]{1,12}$/)),
    data: fc.option(fc.array(line, { minLength: 1, maxLength: 3 }))
  });
  const ends = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(
      fc.array(message),
      fc.array(fc.nat(400)),
      fc.boolean(),
      ends,
      (messages, cuts, beats, end) => {
        const sent = messages.filter(({ id, data }) => id !== null || data !== null);
        const text = sent
          .map(({ id, data }) => {
            const lines = [
              ...(beats ? [': still here'] : []),
              ...(id === null ? [] : [`id: ${id}`]),
              ...(data ?? []).map(part => `data: ${part}`)
            ];
            return [...lines, '', ''].join(end);
          })
          .join('');
        const at = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length];
        const parser = new SseParser();
        const read = at.slice(1).flatMap((stop, i) => parser.push(text.slice(at[i], stop)));
        expect(read).toEqual(sent.map(({ id, data }) => ({ id, data: data?.join('\n') ?? null })));
      }
    )
  );
});

it('passes over a heartbeat and keeps what is not complete', () => {
  const parser = new SseParser();
  expect(parser.push(':\n\ndata: {"a"')).toEqual([]);
  expect(parser.push(':1}\n\n')).toEqual([{ id: null, data: '{"a":1}' }]);
});
