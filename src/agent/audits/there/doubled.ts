/** Cuts a stream of bytes where one byte stands twice; what is between is given whole. */
export class CutAtDoubled {
  constructor(private readonly _byte: number) {
    this._mark = Buffer.from([_byte, _byte]);
  }

  /** The pieces that this chunk completes, each with the first of the two bytes at its end. */
  push(chunk: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let from = 0;
    if (this._endsInByte && chunk[0] === this._byte) {
      pieces.push(this._take());
      from = 1;
    }
    for (let at = chunk.indexOf(this._mark, from); at >= 0; at = chunk.indexOf(this._mark, from)) {
      this._parts.push(chunk.subarray(from, at + 1));
      pieces.push(this._take());
      from = at + 2;
    }
    const rest = chunk.subarray(from);
    if (chunk.length > 0) {
      this._endsInByte = rest.length > 0 && rest.at(-1) === this._byte;
    }
    this._parts.push(rest);
    return pieces;
  }

  private _take(): Buffer {
    const piece = Buffer.concat(this._parts);
    this._parts = [];
    return piece;
  }

  private readonly _mark: Buffer;
  private _parts: Buffer[] = [];
  private _endsInByte = false;
}
