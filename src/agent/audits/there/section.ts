/** What a listing says of one folder that was asked for. */
export interface ISection {
  /** As it was asked for, without the slash at its end. */
  readonly path: string;
  /** Records with NUL after each, see `FIND`. */
  readonly records: Uint8Array;
}

const NUL = 0;

/** The section between two empty records; null where it is the end. */
export function sectionOf(piece: Buffer): ISection | null {
  // The very first has the end of an empty record before it.
  const start = piece[0] === NUL ? 1 : 0;
  if (piece[start] === END) {
    return null;
  }
  const end = piece.indexOf(NUL, start);
  const path = piece.toString('utf8', start + 2, end);
  return { path: withoutSlash(path), records: piece.subarray(end + 1) };
}

/** How both finds ended, off the last piece. */
export function statusesOf(piece: Buffer): number[] {
  const [, tops, all] = /9end (\d+) (\d+)/.exec(piece.toString('latin1')) ?? [];
  return [Number(tops), Number(all)];
}

/** The visible links to folders in it, by their paths; a name that is no UTF-8 cannot be asked for. */
export function linkedFolders({ path, records }: ISection): string[] {
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
  const names: string[] = [];
  for (let at = bytes.indexOf(LINK); at >= 0; at = bytes.indexOf(LINK, at + 1)) {
    const name = bytes.subarray(at + LINK.length, bytes.indexOf(NUL, at));
    const isRecord = at === 0 || bytes[at - 1] === NUL;
    if (isRecord && name[0] !== DOT && Buffer.from(name.toString('utf8')).equals(name)) {
      names.push(`${path}/${name.toString('utf8')}`);
    }
  }
  return names;
}

/** The section with the entries of those folders, which were listed by themselves. */
export function withLinked(section: ISection, linked: ReadonlyMap<string, ISection>): ISection {
  const more = linkedFolders(section).flatMap(path => {
    const found = linked.get(path);
    const name = path.slice(section.path.length + 1);
    return found ? [Buffer.from(`3${name}\0`), found.records] : [];
  });
  return { path: section.path, records: Buffer.concat([section.records, ...more]) };
}

/** A path without slashes at its end. */
export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

const END = 0x39;
const DOT = 0x2e;
const LINK = Buffer.from('1ld');
