import type { TranslationBundle } from '@jupyterlab/translation';

/** What the editor of a samples JSON shows as long as nothing is in it. */
export const SAMPLES_EXAMPLE = `{
  "GJet_Pt-40toInf": [
    "root://xrootd-cms.infn.it//store/mc/.../file_1.root",
    "root://xrootd-cms.infn.it//store/mc/.../file_2.root"
  ],
  "Data_2022": ["/eos/user/m/me/data_1.root"]
}`;

/** Datasets with their files, or the first thing that is wrong and its line. */
export type SamplesRead =
  { readonly json: Readonly<Record<string, string[]>> } | { readonly fault: string };

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

class Fault extends Error {}

/** Reads a samples JSON as it is typed; `{"dataset": ["file", ...], ...}` and nothing else is one. */
export function readSamples(text: string, trans: TranslationBundle): SamplesRead {
  try {
    return { json: new SamplesReader(text, trans).read() };
  } catch (error) {
    if (error instanceof Fault) {
      return { fault: error.message };
    }
    throw error;
  }
}

/** Knows at every place which dataset and file it is at, which `JSON.parse` could not tell. */
class SamplesReader {
  constructor(
    private readonly _text: string,
    private readonly _trans: TranslationBundle
  ) {}

  read(): Readonly<Record<string, string[]>> {
    const samples = new Map<string, string[]>();
    this._need('{', this._trans.__('a samples JSON begins with {'));
    if (this._take('}')) {
      throw this._fault(this._trans.__('no dataset is named'));
    }
    do {
      const dataset = this._string(this._trans.__('the name of a dataset in double quotes'));
      if (dataset === '') {
        throw this._fault(this._trans.__('a dataset has no name'));
      }
      if (samples.has(dataset)) {
        throw this._fault(this._trans.__('the dataset %1 is named twice', dataset));
      }
      this._need(':', this._trans.__('a colon is missing after dataset %1', dataset));
      samples.set(dataset, this._files(dataset));
      if (this._take('}')) {
        this._end();
        return Object.fromEntries(samples);
      }
      this._need(',', this._trans.__('after the files of %1, a comma or } is missing', dataset));
    } while (!this._take('}'));
    throw this._fault(this._trans.__('there is one comma too many before }'));
  }

  private _files(dataset: string): string[] {
    const files: string[] = [];
    const list = this._trans.__('dataset %1 has no list of files in [ ]', dataset);
    this._need('[', list);
    if (this._take(']')) {
      return files;
    }
    do {
      const number = files.length + 1;
      const file = this._string(
        this._trans.__('the name of file %1 of dataset %2 in double quotes', number, dataset)
      );
      if (file === '') {
        throw this._fault(this._trans.__('file %1 of dataset %2 is empty', number, dataset));
      }
      files.push(file);
      if (this._take(']')) {
        return files;
      }
      this._need(
        ',',
        this._trans.__('after file %1 of dataset %2, a comma or ] is missing', number, dataset)
      );
    } while (!this._take(']'));
    throw this._fault(
      this._trans.__('there is one comma too many in the list of dataset %1', dataset)
    );
  }

  private _end(): void {
    this._skip();
    if (this._at < this._text.length) {
      throw this._fault(this._trans.__('%1 is after the end, the last }', this._found()));
    }
  }

  private _string(what: string): string {
    this._skip();
    STRING.lastIndex = this._at;
    const [whole] = STRING.exec(this._text) ?? [];
    if (whole === undefined) {
      throw this._fault(
        this._text[this._at] === '"'
          ? this._trans.__('a quote is not closed, or a character in it is not allowed')
          : this._trans.__('here should be %1, not %2', what, this._found())
      );
    }
    this._at += whole.length;
    return String(JSON.parse(whole));
  }

  private _take(mark: string): boolean {
    this._skip();
    const isIt = this._text[this._at] === mark;
    this._at += Number(isIt);
    return isIt;
  }

  private _need(mark: string, words: string): void {
    if (!this._take(mark)) {
      throw this._fault(this._trans.__('%1 (here is %2)', words, this._found()));
    }
  }

  private _skip(): void {
    SPACE.lastIndex = this._at;
    this._at += SPACE.exec(this._text)?.[0].length ?? 0;
  }

  /** The next word or mark. */
  private _found(): string {
    const [word = ''] =
      /^[^\s,:[\]{}]{1,30}|^./.exec(this._text.slice(this._at, this._at + 40)) ?? [];
    return word === '' ? this._trans.__('the end') : word;
  }

  private _fault(words: string): Fault {
    const line = this._text.slice(0, this._at).split('\n').length;
    return new Fault(this._trans.__('Line %1: %2.', line, words));
  }

  private _at = 0;
}
