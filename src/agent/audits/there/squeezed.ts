import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';

const NEWLINE = 0x0a;

/** Node has it from 22.15 on; the types are those of 20. */
const { createZstdDecompress } = zlib as {
  createZstdDecompress?: (options: { chunkSize: number }) => Transform;
};

/** Larger pieces than Node's own: there are fewer of them. */
const PIECE = 256 * 1024;

/** What undoes the squeezing of each program. */
const UNDO: Readonly<Record<string, (() => Transform) | undefined>> = {
  zstd: createZstdDecompress && (() => createZstdDecompress({ chunkSize: PIECE })),
  gzip: () => zlib.createGunzip({ chunkSize: PIECE })
};

/** Programs that make a list smaller before it travels, the best first, as far as it can be undone here. */
export const SQUEEZERS = Object.keys(UNDO).filter(name => UNDO[name] !== undefined);

/**
 * What a host says after a first line that names the program by which it was squeezed, `cat` for
 * none. Throws where that is cut off.
 */
export async function* unsqueezed(said: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  const chunks = said[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (!first.includes(NEWLINE)) {
    const chunk = await chunks.next();
    if (chunk.done === true) {
      return;
    }
    first = Buffer.concat([first, Buffer.from(chunk.value)]);
  }
  const end = first.indexOf(NEWLINE);
  const undo = UNDO[first.toString('latin1', 0, end)];
  const rest = async function* () {
    yield first.subarray(end + 1);
    for (let chunk = await chunks.next(); chunk.done !== true; chunk = await chunks.next()) {
      yield Buffer.from(chunk.value);
    }
  };
  if (undo === undefined) {
    yield* rest();
    return;
  }
  const through = undo();
  const whole = pipeline(Readable.from(rest(), { objectMode: false }), through);
  whole.catch(() => undefined); // thrown below, where somebody waits for it
  yield* through as AsyncIterable<Buffer>;
  await whole;
}
