/** The footer goes on beyond what was given. */
export class FooterTooShort extends Error {}

/** How much of a footer is read at first: the schema of some hundred columns. */
export const FOOTER_BYTES = 16 * 1024;

/** No schema is longer than this. */
export const LONGEST_FOOTER_BYTES = 1024 * 1024;

const [BINARY, LIST, SET, MAP, STRUCT] = [8, 9, 10, 11, 12];

/**
 * The number of rows off the beginning of a parquet footer: all that stands before it is the
 * schema, so that what a footer says of each column need not be there. Throws `FooterTooShort` where
 * more is needed, and an error where it is no footer. Source: parquet.thrift (FileMetaData) and the
 * specification of Thrift's compact protocol.
 */
export function rowCountOf(footer: Uint8Array): number {
  const reader = new Reader(footer);
  let id = 0;
  for (;;) {
    const field = reader.field(id);
    if (field === null) {
      throw new Error('the footer has no number of rows');
    }
    id = field.id;
    if (id === 3 && field.type === 6) {
      const rows = reader.signed();
      if (rows < 0 || !Number.isSafeInteger(rows)) {
        throw new Error(`the footer says ${rows} rows`);
      }
      return rows;
    }
    reader.skip(field.type);
  }
}

/** Thrift's compact protocol, as far as it takes to skip things. */
class Reader {
  constructor(private readonly _bytes: Uint8Array) {}

  /** The next field of a structure, after the one of that id; null at its end. */
  field(after: number): { id: number; type: number } | null {
    const head = this._byte();
    if (head === 0) {
      return null;
    }
    const delta = head >> 4;
    return { id: delta === 0 ? this.signed() : after + delta, type: head & 0x0f };
  }

  signed(): number {
    const zigzag = this._varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  skip(type: number, isElement = false): void {
    if (type === 1 || type === 2) {
      this._move(isElement ? 1 : 0);
    } else if (type === 3) {
      this._move(1);
    } else if (type >= 4 && type <= 6) {
      this._varint();
    } else if (type === 7) {
      this._move(8);
    } else if (type === BINARY) {
      this._move(this._varint());
    } else if (type === LIST || type === SET) {
      this._skipList();
    } else if (type === MAP) {
      this._skipMap();
    } else if (type === STRUCT) {
      for (let field = this.field(0); field !== null; field = this.field(field.id)) {
        this.skip(field.type);
      }
    } else {
      throw new Error(`the footer has a field of type ${type}`);
    }
  }

  private _skipList(): void {
    const head = this._byte();
    const short = head >> 4;
    const count = short === 15 ? this._varint() : short;
    for (let i = 0; i < count; i += 1) {
      this.skip(head & 0x0f, true);
    }
  }

  private _skipMap(): void {
    const count = this._varint();
    const types = count === 0 ? 0 : this._byte();
    for (let i = 0; i < count; i += 1) {
      this.skip(types >> 4, true);
      this.skip(types & 0x0f, true);
    }
  }

  private _varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this._byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
      if (scale > 2 ** 56) {
        throw new Error('the footer has a number of more than 64 bits');
      }
    }
  }

  private _byte(): number {
    this._move(1);
    return this._bytes[this._at - 1] ?? 0;
  }

  private _move(bytes: number): void {
    this._at += bytes;
    if (this._at > this._bytes.length) {
      throw new FooterTooShort('the footer is cut off');
    }
  }

  private _at = 0;
}
