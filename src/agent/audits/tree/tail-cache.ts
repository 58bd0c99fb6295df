import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Remembers which chunks of one dataset folder were found sound, as fingerprints of 64 bits of
 * (variation/name, size, mtime). A file holds 8 bytes of seed, then the fingerprints; losing it costs
 * only time. What is not seen in an audit is dropped when it is saved, so it cannot grow.
 *
 * The seed is random for each file, so that no choice of names can make two fingerprints meet.
 */
export class TailCache {
  /** Reads the memory of a dataset folder; an absent or damaged file is an empty memory. */
  static load(path: string): TailCache {
    let stored: Buffer | null = null;
    try {
      stored = readFileSync(path);
    } catch {
      // Absent, or not ours to read: then every chunk is opened, which is slower and as right.
    }
    const sound = stored !== null && stored.length >= 8 && stored.length % 8 === 0;
    return new TailCache(path, sound ? stored : null);
  }

  /** Where the memory of a dataset folder lies; `key` is its path here, or a host and the path there. */
  static pathOf(cacheFolder: string, key: string): string {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return join(cacheFolder, 'tails', `${name}.bin`);
  }

  private constructor(
    private readonly _path: string,
    stored: Buffer | null
  ) {
    this._seed = stored?.subarray(0, 8) ?? randomBytes(8);
    this._seedLow = this._seed.readInt32LE(0);
    this._seedHigh = this._seed.readInt32LE(4);
    const count = stored ? stored.length / 8 - 1 : 0;
    this._known = new FingerprintSet(count);
    for (let i = 1; i <= count; i += 1) {
      this._known.add(stored?.readUInt32LE(i * 8) ?? 0, stored?.readUInt32LE(i * 8 + 4) ?? 0);
    }
  }

  /** Whether nothing is remembered, so that asking is a waste. */
  get isEmpty(): boolean {
    return this._known.size === 0;
  }

  /** Whether this very file was found sound before; if so it is remembered again. */
  has(name: string, size: number, mtimeMs: number): boolean {
    this._hash(name, size, mtimeMs);
    const known = this._known.has(this._low, this._high);
    if (known) {
      this._seen.push(this._low, this._high);
    }
    return known;
  }

  /** Remembers a file as sound. */
  add(name: string, size: number, mtimeMs: number): void {
    this._hash(name, size, mtimeMs);
    this._seen.push(this._low, this._high);
    this._changed = true;
  }

  /** Writes what was seen, by rename; failing to write is no failure of the audit. */
  save(): void {
    if (!this._changed && this._seen.length / 2 === this._known.size) {
      return;
    }
    const bytes = Buffer.concat([this._seed, Buffer.from(Uint32Array.from(this._seen).buffer)]);
    const draft = `${this._path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      mkdirSync(dirname(this._path), { recursive: true, mode: 0o700 });
      writeFileSync(draft, bytes, { mode: 0o600 });
      renameSync(draft, this._path);
    } catch {
      discard(draft); // a full disk costs the next audit time, nothing else
    }
  }

  /** Two lanes of 32 bits over the name, then size and mtime; multipliers of MurmurHash3. */
  private _hash(name: string, size: number, mtimeMs: number): void {
    let a = this._seedLow;
    let b = this._seedHigh;
    for (let i = 0; i < name.length; i += 1) {
      const c = name.charCodeAt(i);
      a = Math.imul(a ^ c, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ c, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    // mtime in units of 2^-10 ms keeps what a double holds of the nanoseconds.
    const time = mtimeMs * 1024;
    for (const word of [size, size / 2 ** 32, time, time / 2 ** 32]) {
      a = Math.imul(a ^ (word >>> 0), 0x85ebca6b);
      a ^= a >>> 16;
      b = Math.imul(b ^ (word >>> 0), 0xc2b2ae35);
      b ^= b >>> 16;
    }
    this._low = (a ^ Math.imul(b, 0x9e3779b1)) >>> 0 || 1; // a pair of zeros is a free slot
    this._high = (b ^ Math.imul(a, 0x27d4eb2f)) >>> 0;
  }

  private readonly _seed: Buffer;
  private readonly _seedLow: number;
  private readonly _seedHigh: number;
  private readonly _known: FingerprintSet;
  private readonly _seen: number[] = [];
  private _changed = false;
  private _low = 0;
  private _high = 0;
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where not even that works the draft was never made.
  }
}

/** A set of pairs of 32-bit words in an open-addressed table: 16 bytes an entry, no objects. */
class FingerprintSet {
  constructor(expected: number) {
    let slots = 16;
    while (slots < expected * 2) {
      slots *= 2;
    }
    this._mask = slots - 1;
    this._words = new Uint32Array(slots * 2);
  }

  size = 0;

  add(low: number, high: number): void {
    const slot = this._find(low, high);
    if (this._words[slot * 2] === 0 && this._words[slot * 2 + 1] === 0) {
      this._words[slot * 2] = low;
      this._words[slot * 2 + 1] = high;
      this.size += 1;
    }
  }

  has(low: number, high: number): boolean {
    const slot = this._find(low, high);
    return this._words[slot * 2] === low && this._words[slot * 2 + 1] === high;
  }

  /** The slot that holds the pair, or the free one where it would go. */
  private _find(low: number, high: number): number {
    let slot = low & this._mask;
    for (;;) {
      const a = this._words[slot * 2];
      const b = this._words[slot * 2 + 1];
      if ((a === low && b === high) || (a === 0 && b === 0)) {
        return slot;
      }
      slot = (slot + 1) & this._mask;
    }
  }

  private readonly _mask: number;
  private readonly _words: Uint32Array;
}
