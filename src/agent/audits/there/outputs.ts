import { HepbatchError } from '../../../contract';
import { listen } from '../../cancel';
import { unknownAnswer } from '../answer';
import { unlistable, type AskAboutDataset, type IOutputs } from '../outputs';
import type { IPool } from '../pool';
import type { IAnswer, IListing, IStep } from '../question';
import { faultsBelow, type IFaults } from './find';
import { listThere } from './listing';
import { withoutSlash, type ISection } from './section';
import type { IThereNow } from './there';

/** What the outputs on another host are made of. */
export interface IOutputsThere {
  readonly there: IThereNow;
  /** The output folder there, absolute. */
  readonly source: string;
  /** The folders of all datasets there. */
  readonly folders: readonly string[];
  readonly pool: IPool;
  /** How often each dataset is asked for; then its records are forgotten. */
  readonly times: number;
  readonly signal: AbortSignal;
}

/** Outputs on another host: listed once at the beginning, their files read by one program there. */
export class OutputsThere implements IOutputs {
  constructor(private readonly _options: IOutputsThere) {
    const { there, folders, signal } = _options;
    this._source = withoutSlash(_options.source);
    for (const folder of folders) {
      const path = withoutSlash(folder);
      const known = this._awaited.get(path) ?? awaited();
      known.times += _options.times;
      this._awaited.set(path, known);
    }
    const paths = [...this._awaited.keys()];
    const stop = this._stop.signal;
    listen(signal, () => this.dispose());
    this._listing = listThere(
      there.host,
      this._source,
      paths,
      section => this._take(section),
      stop
    );
    void this._listing.then(
      faults => {
        this._faults = faults;
        this._awaited.forEach(({ resolve }) => resolve(null));
      },
      (error: unknown) => this._awaited.forEach(({ reject }) => reject(error))
    );
  }

  failure: HepbatchError | null = null;

  dispose(): void {
    this._stop.abort();
  }

  async folders(): Promise<readonly string[]> {
    const { paths, all } = await this._listing;
    const code = paths.get(this._source);
    if (code === undefined && all !== null) {
      throw notBelieved(all);
    }
    if (code !== undefined || this._tops === null) {
      const { source, there } = this._options;
      throw unlistable(`${source} on ${there.host.title}`, code ?? 'ENOENT');
    }
    return this._tops;
  }

  async answer(ask: AskAboutDataset, step: (step: IStep) => void): Promise<() => Promise<IAnswer>> {
    const isSettled = this._faults !== null;
    const draft = await this._sure(() => this._answer(ask, step, this._faults));
    return async () => {
      const { folder } = ask();
      const answer = isSettled
        ? draft
        : await this._sure(async () => {
            const faults = await this._listing;
            const isFine = faults.all === null && faultsBelow(folder, faults).size === 0;
            return isFine ? draft : this._answer(ask, () => undefined, faults);
          });
      this._forget(withoutSlash(folder));
      return answer;
    };
  }

  private _forget(path: string): void {
    const known = this._awaited.get(path);
    if (known && (known.times -= 1) === 0) {
      this._awaited.delete(path);
    }
  }

  private async _answer(
    ask: AskAboutDataset,
    step: (step: IStep) => void,
    faults: IFaults | null
  ): Promise<IAnswer> {
    const question = ask();
    const records = await this._awaited.get(withoutSlash(question.folder))?.records;
    const known = faults ?? this._faults;
    if (known !== null && known.all !== null) {
      throw notBelieved(known.all);
    }
    const listing: IListing = {
      host: this._options.there.key,
      records: records ?? null,
      faults: known ? faultsBelow(question.folder, known) : new Map()
    };
    const { pool, there } = this._options;
    return pool.answer({ ...question, listing }, step, lines =>
      there.reader.ask(lines).catch((error: unknown) => this._note(error))
    );
  }

  private _note(error: unknown): never {
    if (error instanceof HepbatchError && error.code !== 'cancelled') {
      this.failure ??= error;
    }
    throw error;
  }

  /** A dataset that cannot be answered for is unknown, and stops no other. */
  private async _sure(work: () => Promise<IAnswer>): Promise<IAnswer> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HepbatchError) || error.code === 'cancelled') {
        throw error;
      }
      this.failure ??= error;
      return unknownAnswer(error.message);
    }
  }

  private _take(section: ISection): void {
    if (section.path === this._source) {
      this._tops = topsOf(section);
    } else {
      this._awaited.get(section.path)?.resolve(section.records);
    }
  }

  private readonly _source: string;
  private readonly _stop = new AbortController();
  private readonly _awaited = new Map<string, IAwaited>();
  private readonly _listing: Promise<IFaults>;
  private _faults: IFaults | null = null;
  private _tops: readonly string[] | null = null;
}

/** The records of a dataset, null where there is no such folder; as soon as they are there. */
interface IAwaited {
  readonly records: Promise<Uint8Array | null>;
  readonly resolve: (records: Uint8Array | null) => void;
  readonly reject: (error: unknown) => void;
  times: number;
}

function awaited(): IAwaited {
  let resolve: IAwaited['resolve'] = () => undefined;
  let reject: IAwaited['reject'] = () => undefined;
  const records = new Promise<Uint8Array | null>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  records.catch(() => undefined); // told to who asks for it
  return { records, resolve, reject, times: 0 };
}

function notBelieved(why: string): HepbatchError {
  return new HepbatchError('refused', `The list of files is not to be believed: ${why}`, {
    next: 'Look at the output folder in a terminal on that host, then start the audit again.'
  });
}

/** Visible folders and links; records of links have a letter more. */
function topsOf({ records }: ISection): string[] {
  const text = Buffer.from(records.buffer, records.byteOffset, records.byteLength).toString('utf8');
  return text
    .split('\0')
    .filter(record => record.startsWith('1d') || record.startsWith('1l'))
    .map(record => record.slice(record.startsWith('1l') ? 3 : 2))
    .filter(name => !name.startsWith('.'));
}
