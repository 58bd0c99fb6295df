import { Buffer } from 'node:buffer';
import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { markOf } from './remote-command';

/** What the wrapper around a remote command reported on a stream. */
export interface IReports {
  /** `group` is the process group that runs the command. */
  onStart?(group: number): void;
  /** The last one: an exit status, or what could not be done. */
  onEnd?(end: { readonly status: number } | { readonly failed: string }): void;
}

/** How much of what came before the start is kept, to say why there was none. */
const NOISE_BYTES = 2000;

/** A report is short; a longer line is none. */
const REPORT_BYTES = 40;

/**
 * The words of a remote command alone, out of a stream that also carries what start-up files print
 * and what the wrapper reports. It ends with the last report, whoever still holds the stream open.
 */
export class MarkedStream extends Transform {
  constructor(
    nonce: string,
    private readonly _reports: IReports = {}
  ) {
    super();
    this._mark = Buffer.from(markOf(nonce));
  }

  /** What came before the start of the command, cut. */
  get noise(): string {
    return this._noise.toString('utf8').trim();
  }

  /** Whether the command was started, as far as this stream tells. */
  get hasStarted(): boolean {
    return this._state !== 'before';
  }

  /** Whether the last report came: what was read is all that there is. */
  get hasEnded(): boolean {
    return this._state === 'after';
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = this._held.length === 0 ? chunk : Buffer.concat([this._held, chunk]);
    this._held = NOTHING;
    while (rest.length > 0 && this._state !== 'after') {
      const at = rest.indexOf(this._mark);
      const lineEnd = at < 0 ? -1 : rest.indexOf('\n', at);
      const cut = at < 0 ? rest.length - heldBack(rest, this._mark) : at;
      this._pass(rest.subarray(0, cut));
      rest = rest.subarray(cut);
      if (lineEnd < 0) {
        this._held = rest;
        break;
      }
      this._hear(rest.toString('latin1', this._mark.length, lineEnd - at));
      rest = rest.subarray(lineEnd - at + 1);
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this._pass(this._held);
    done();
  }

  private _pass(bytes: Buffer): void {
    if (bytes.length === 0) {
      return;
    }
    if (this._state === 'inside') {
      this.push(bytes);
    } else if (this._noise.length < NOISE_BYTES) {
      this._noise = Buffer.concat([this._noise, bytes]).subarray(0, NOISE_BYTES);
    }
  }

  private _hear(report: string): void {
    const [word = '', value = ''] = report.slice(0, REPORT_BYTES).split(' ');
    if (word === 'start' && this._state === 'before') {
      this._state = 'inside';
      this._reports.onStart?.(Number(value));
    } else if (this._state === 'inside') {
      this._state = 'after';
      this.push(null);
      this._reports.onEnd?.(word === 'end' ? { status: Number(value) } : { failed: value });
    }
  }

  private _state: 'before' | 'inside' | 'after' = 'before';
  private _held: Buffer = NOTHING;
  private _noise: Buffer = NOTHING;
  private readonly _mark: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** How many of the last bytes may be the beginning of a mark whose rest comes later. */
function heldBack(bytes: Buffer, mark: Buffer): number {
  const from = Math.max(0, bytes.length - mark.length + 1);
  for (
    let at = bytes.indexOf(mark[0] ?? 0, from);
    at >= 0;
    at = bytes.indexOf(mark[0] ?? 0, at + 1)
  ) {
    if (mark.subarray(0, bytes.length - at).equals(bytes.subarray(at))) {
      return bytes.length - at;
    }
  }
  return 0;
}
