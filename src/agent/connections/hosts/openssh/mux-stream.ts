import { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';

/** The two directions of a stream through the master, and how both are given up. */
export interface IDirections {
  readonly readable: Readable;
  readonly writable: Writable;
  destroy(): void;
}

/** What a stream asks of its host: the error of a line that broke, or null where it holds. */
export type Check = () => Promise<Error | null>;

/**
 * A stream through the master. When a line breaks its streams end as after their last byte; this one
 * asks first whether the line holds, so that a torn answer never passes for a whole one.
 */
export class MuxStream extends Duplex {
  constructor(
    private readonly _directions: IDirections,
    check: Check
  ) {
    super({ allowHalfOpen: true });
    this.on('error', () => undefined); // it may break before anybody listens, which is no crash
    const { readable, writable } = _directions;
    readable.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) {
        readable.pause();
      }
    });
    let hasEnded = false;
    readable.once('end', () => {
      hasEnded = true;
      void check().then(lost => (lost === null ? this.push(null) : this.destroy(lost)));
    });
    readable.once('error', cause => this.destroy(cause));
    readable.once('close', () => {
      if (!hasEnded) {
        void check().then(lost => this.destroy(lost ?? new Error('the stream was closed')));
      }
    });
    writable.on('error', cause => {
      // The other side reads no more, but it may still speak.
      this._writeError = cause;
    });
  }

  override _read(): void {
    this._directions.readable.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (this._writeError !== null) {
      done(this._writeError);
    } else {
      this._directions.writable.write(chunk, done);
    }
  }

  override _final(done: () => void): void {
    this._directions.writable.end(done);
  }

  override _destroy(cause: Error | null, done: (error: Error | null) => void): void {
    this._directions.destroy();
    done(cause);
  }

  private _writeError: Error | null = null;
}
