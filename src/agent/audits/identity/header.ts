import { HepbatchError } from '../../../contract';

/** How many bytes at the beginning of a ROOT file hold its whole header, in either layout. */
export const HEADER_BYTES = 75;

/** What the header of a ROOT file says. */
export interface IRootHeader {
  readonly version: number;
  /** Position of the first record. */
  readonly begin: number;
  /** Position of the first free byte; a complete file is as long as this. */
  readonly end: number;
  /** Lower case; all zeros are a legal UUID, of files written reproducibly. */
  readonly uuid: string;
}

/** From this version on positions have eight bytes. */
const BIG_FROM = 1_000_000;
const SMALL = { bytes: 63, uuid: 47 };
const BIG = { bytes: 75, uuid: 59 };

/**
 * Reads the header off the first 75 bytes of a file (63 do in the small layout). Throws `corrupt`
 * for what is no ROOT file or too short. Source of the layout: ROOT, TFile::WriteHeader.
 */
export function parseHeader(bytes: Uint8Array): IRootHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.subarray(0, 4).toString('latin1');
  if (magic !== 'root'.slice(0, view.length)) {
    throw corrupt(`it begins with ${JSON.stringify(magic)}, a ROOT file with "root"`);
  }
  const version = view.length < 8 ? 0 : view.readUInt32BE(4);
  const isBig = version >= BIG_FROM;
  const layout = isBig ? BIG : SMALL;
  if (view.length < layout.bytes) {
    throw corrupt(`it has ${view.length} bytes, the header of a ROOT file ${layout.bytes}`);
  }
  const end = isBig ? Number(view.readBigUInt64BE(12)) : view.readUInt32BE(12);
  const hex = view.toString('hex', layout.uuid, layout.uuid + 16);
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { version, begin: view.readUInt32BE(8), end, uuid };
}

/** Says that the file has lost its tail, or null; a test for input files that costs nothing. */
export function truncationOf(header: IRootHeader, size: number): string | null {
  return header.end > size
    ? `truncated input: it has ${size} bytes, its header says ${header.end}`
    : null;
}

function corrupt(why: string): HepbatchError {
  const next = 'Fetch this input file again, or take it out of the samples JSON.';
  return new HepbatchError('corrupt', `not a ROOT file: ${why}`, { next });
}
