import { readFile } from 'node:fs/promises';
import { HepbatchError } from '../../../contract';
import { lfnOf } from '../lfn';
import type { Expected, IExpectedSource } from './source';

/** Numbers of events of one dataset, as the file gives them and by LFN. */
interface INumbers {
  readonly byUrl: ReadonlyMap<string, number | null>;
  /** An LFN that the file gives two numbers for is here with null. */
  readonly byLfn: ReadonlyMap<string, number | null>;
}

/** Numbers of events from a JSON file `{dataset: {url: number or null}}`. */
export class EventsFileSource implements IExpectedSource {
  readonly kind = 'events';

  private constructor(private readonly _datasets: ReadonlyMap<string, INumbers>) {}

  /** Reads the file. Throws `not-found`, `denied`, and `bad-request` for what is not of that form. */
  static async read(path: string): Promise<EventsFileSource> {
    return EventsFileSource.parse(await readText(path), path);
  }

  /** The same from text; `path` is for the messages. Throws `bad-request`. */
  static parse(text: string, path: string): EventsFileSource {
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch (cause) {
      throw wrong(`${path} is not JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
    }
    const datasets = new Map<string, INumbers>();
    for (const [dataset, urls] of entriesOf(said, path)) {
      datasets.set(dataset, numbersOf(dataset, urls, path));
    }
    return new EventsFileSource(datasets);
  }

  events(dataset: string, urls: readonly string[]): Promise<Expected> {
    const numbers = this._datasets.get(dataset);
    const events = urls.map(url => {
      const exact = numbers?.byUrl.get(url);
      return exact === undefined ? (numbers?.byLfn.get(lfnOf(url) ?? '') ?? null) : exact;
    });
    return Promise.resolve({ state: 'known', events, unreadable: new Map() });
  }
}

function numbersOf(dataset: string, urls: unknown, path: string): INumbers {
  const byUrl = new Map<string, number | null>();
  const byLfn = new Map<string, number | null>();
  const where = `${path}: dataset ${JSON.stringify(dataset)}`;
  for (const [url, value] of entriesOf(urls, where)) {
    if (
      value !== null &&
      (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    ) {
      const shown = JSON.stringify(value).slice(0, 100);
      throw wrong(`${where}, ${url}: ${shown} is not a number of events (whole, 0 or more)`);
    }
    byUrl.set(url, value);
    const lfn = lfnOf(url);
    if (lfn !== null) {
      const before = byLfn.get(lfn);
      byLfn.set(lfn, before === undefined || before === value ? value : null);
    }
  }
  return { byUrl, byLfn };
}

/** The own members of a JSON object, whatever they are called: `__proto__` is a name like another. */
function entriesOf(said: unknown, where: string): [string, unknown][] {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    const shown = JSON.stringify(said).slice(0, 100);
    throw wrong(`${where}: ${shown} is not an object {dataset: {url: number}}`);
  }
  return Object.entries(said);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const message = `The events file ${path} cannot be read: ${String(code ?? cause)}`;
    const kind = code === 'ENOENT' ? 'not-found' : code === 'EACCES' ? 'denied' : 'bad-request';
    throw new HepbatchError(
      kind,
      message,
      { next: 'Check the path of the events file.' },
      { cause }
    );
  }
}

function wrong(message: string, cause?: unknown): HepbatchError {
  const next = 'Correct the events file: {dataset: {url: number or null}}.';
  return new HepbatchError('bad-request', message, { next }, { cause });
}
