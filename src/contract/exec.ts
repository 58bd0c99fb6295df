import * as z from 'zod';
import { ConnectionId } from './connections';

/**
 * Path of a command on a host, a POST. Its body is one line of JSON (`ExecRequest`), then what the
 * command reads on its standard input, for as long as the body lasts. The answer is frames: pieces of
 * what it says, as they come, and at last how it ended. An answer without that last frame broke off,
 * and nobody knows how the command ended. Who ends the request early ends the command.
 */
export const EXEC_PATH = '/connections/exec';

/** The command; no shell takes `argv` apart. */
export const ExecRequest = z.object({
  id: ConnectionId,
  argv: z.array(z.string()).min(1),
  cwd: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'Absolute; null: the home folder, or where the agent stands' })
});
export type ExecRequest = z.output<typeof ExecRequest>;

/** How a command ended; `unknown` is neither success nor failure. */
export const ExecEnd = z.discriminatedUnion('end', [
  z.object({ end: z.literal('exited'), code: z.int() }),
  z.object({ end: z.literal('signal'), signal: z.string() }),
  z.object({ end: z.literal('not-started'), message: z.string() }),
  z.object({ end: z.literal('unknown'), reason: z.string() })
]);
export type ExecEnd = z.infer<typeof ExecEnd>;

/** What a frame holds: bytes of stdout or of stderr, or the end as JSON. */
export const FRAME_KINDS = ['stdout', 'stderr', 'end'] as const;

/** One frame of the answer. */
export interface IFrame {
  readonly kind: (typeof FRAME_KINDS)[number];
  readonly bytes: Uint8Array;
}

/** A byte for the kind, four for the length, big end first. */
const HEAD = 5;

/** No frame is longer; what claims to be is none. */
const LONGEST = 16 * 1024 * 1024;

/** A frame as it travels. */
export function encodeFrame({ kind, bytes }: IFrame): Uint8Array {
  const frame = new Uint8Array(HEAD + bytes.length);
  const head = new DataView(frame.buffer);
  head.setUint8(0, FRAME_KINDS.indexOf(kind));
  head.setUint32(1, bytes.length);
  frame.set(bytes, HEAD);
  return frame;
}

/** Puts frames together again from pieces of any size. */
export class FrameReader {
  /** The frames that are whole with this piece. Throws where it is no frame. */
  push(piece: Uint8Array): IFrame[] {
    const all = new Uint8Array(this._rest.length + piece.length);
    all.set(this._rest);
    all.set(piece, this._rest.length);
    const frames: IFrame[] = [];
    let at = 0;
    while (all.length - at >= HEAD) {
      const head = new DataView(all.buffer, at, HEAD);
      const kind = FRAME_KINDS[head.getUint8(0)];
      const length = head.getUint32(1);
      if (kind === undefined || length > LONGEST) {
        throw new Error(`the answer is cut up wrongly: kind ${head.getUint8(0)}, ${length} bytes`);
      }
      if (all.length - at < HEAD + length) {
        break;
      }
      frames.push({ kind, bytes: all.subarray(at + HEAD, at + HEAD + length) });
      at += HEAD + length;
    }
    this._rest = all.subarray(at);
    return frames;
  }

  private _rest: Uint8Array = new Uint8Array(0);
}
