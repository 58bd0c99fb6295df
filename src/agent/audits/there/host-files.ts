import { HepbatchError } from '../../../contract';
import { errnoOfWords } from '../../connections/hosts/file-words';
import type { AskHost } from '../question';

/** Names in one question. */
const AT_ONCE = 1000;

/** Whole pieces of files in one question. */
const PIECES_AT_ONCE = 50;

/** What another host says of a file: that it is no regular file, or its number for what went wrong. */
export type HostFault = 'irregular' | { readonly code: string };

/** Size and time of a file there. */
export interface IHostFile {
  readonly size: number;
  readonly mtimeMs: number;
}

/** The same with its ends; they are short where the file was. */
export interface IHostEnds extends IHostFile {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** The beginning of a file there, and its size. */
export interface IHostHead {
  readonly size: number;
  readonly bytes: Buffer;
}

/** The beginning of the footer of a parquet file, and how long the whole is. */
export interface IHostFooter {
  readonly length: number;
  readonly bytes: Buffer;
}

/**
 * Questions to the program that reads files on another host, see `Reader`: a line for the folder and
 * what is wanted, a line for each name, an empty line; the answer is a line for each name. What is no
 * plain ASCII, and the backslash, is written as `\0` and three octal digits.
 */
export class HostFiles {
  constructor(private readonly _ask: AskHost) {}

  /** Size and time; what a link leads to. `take` gets them as they come, by the index of the name. */
  stat(folder: string, names: readonly string[], take: Take<IHostFile>): Promise<void> {
    return this._each({ verb: 'stat', bytes: 0, folder, names, atOnce: AT_ONCE }, fileOf, take);
  }

  /** Size, time, the first 4 and the last 8 bytes. */
  ends(folder: string, names: readonly string[], take: Take<IHostEnds>): Promise<void> {
    const read = (fields: readonly string[]) => {
      const file = fileOf(fields);
      return file && { ...file, head: hex(fields[2]), tail: hex(fields[3]) };
    };
    return this._each({ verb: 'ends', bytes: 0, folder, names, atOnce: AT_ONCE }, read, take);
  }

  /** The first bytes of files whose paths are absolute. */
  async head(paths: readonly string[], bytes: number): Promise<(IHostHead | HostFault)[]> {
    const atOnce = bytes > 1000 ? PIECES_AT_ONCE : AT_ONCE;
    const all = paths.map((): IHostHead | HostFault => 'irregular');
    const read = ([size, text]: readonly string[]) => {
      const number = whole(size);
      return number === null ? null : { size: number, bytes: hex(text) };
    };
    await this._each(
      { verb: 'head', bytes, folder: null, names: paths, atOnce },
      read,
      (i, said) => {
        all[i] = said;
      }
    );
    return all;
  }

  /** The first bytes of the footers of parquet files. */
  async footers(
    folder: string,
    names: readonly string[],
    bytes: number
  ): Promise<(IHostFooter | HostFault)[]> {
    const all = names.map((): IHostFooter | HostFault => 'irregular');
    const read = ([length, text]: readonly string[]) => {
      const number = whole(length);
      return number === null ? null : { length: number, bytes: hex(text) };
    };
    await this._each(
      { verb: 'foot', bytes, folder, names, atOnce: PIECES_AT_ONCE },
      read,
      (i, said) => {
        all[i] = said;
      }
    );
    return all;
  }

  private async _each<T>(
    { verb, bytes, folder, names, atOnce }: IQuestions,
    read: (fields: readonly string[]) => T | null,
    take: Take<T>
  ): Promise<void> {
    const where = folder === null ? '' : inAscii(`${folder}/`);
    const questions: Promise<void>[] = [];
    for (let from = 0; from < names.length; from += atOnce) {
      const some = names.slice(from, from + atOnce);
      const lines = `${verb} ${bytes} ${where}\n${some.map(inAscii).join('\n')}\n\n`;
      const answers = this._ask(lines).then(said =>
        eachLine(said, some.length, (i, line) => take(from + i, answerOf(line, read)))
      );
      questions.push(answers);
    }
    await Promise.all(questions);
  }
}

/** Gets what was said of one file. */
export type Take<T> = (index: number, said: T | HostFault) => void;

interface IQuestions {
  readonly verb: 'stat' | 'ends' | 'head' | 'foot';
  readonly bytes: number;
  /** Null: the names are absolute paths. */
  readonly folder: string | null;
  readonly names: readonly string[];
  readonly atOnce: number;
}

/** Shows the lines of an answer, each with its end. */
function eachLine(said: Uint8Array, count: number, show: (i: number, line: string) => void): void {
  const { buffer, byteOffset, byteLength } = said;
  const lines = Buffer.from(buffer, byteOffset, byteLength).toString('latin1').split('\n');
  if (lines.length !== count + 1) {
    throw nonsense(`${lines.length - 1} lines for ${count} files`);
  }
  for (let i = 0; i < count; i += 1) {
    show(i, lines[i] ?? '');
  }
}

function answerOf<T>(line: string, read: (fields: readonly string[]) => T | null): T | HostFault {
  if (line === '-') {
    return 'irregular';
  }
  if (line.startsWith('!')) {
    return { code: codeOf(line.slice(1)) };
  }
  const answer = read(line.split(' '));
  if (answer === null) {
    throw nonsense(JSON.stringify(line.slice(0, 100)));
  }
  return answer;
}

function nonsense(what: string): HepbatchError {
  return new HepbatchError('unreachable', `The program that reads files there answered ${what}`, {
    next: 'This is a fault of hepbatch: report it.'
  });
}

/** Python knows the number's name, tools only its words. */
function codeOf(said: string): string {
  return /^E[A-Z0-9]+$/.test(said)
    ? said
    : (errnoOfWords(said) ?? said.slice(said.lastIndexOf(': ') + 2));
}

function fileOf([size, time]: readonly string[]): IHostFile | null {
  const number = whole(size);
  const [, seconds, nanoseconds] = /^(-?\d+)\.(\d{9})$/.exec(time ?? '') ?? [];
  if (number === null || seconds === undefined) {
    return null;
  }
  return { size: number, mtimeMs: Number(seconds) * 1000 + Number(nanoseconds) / 1e6 };
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function hex(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'hex');
}

const PLAIN = /^[ -[\]-~]*$/;

function inAscii(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  return Array.from(Buffer.from(text), byte =>
    byte < 0x20 || byte > 0x7e || byte === 0x5c
      ? `\\0${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte)
  ).join('');
}
