import { HepbatchError } from '../../../contract';
import { lfnOf } from '../lfn';
import { readJson, type ReadJson } from '../samples';
import type { Expected, IExpectedSource } from './source';

/** Numbers of events of one dataset, by URL as the file gives them. */
type Numbers = ReadonlyMap<string, number | null>;

/** Numbers of events from a JSON file `{dataset: {url: number or null}}`. */
export class EventsFileSource implements IExpectedSource {
  readonly kind = 'events';

  private constructor(private readonly _datasets: ReadonlyMap<string, Numbers>) {}

  /** Reads the file. Throws `not-found`, `denied`, and `bad-request` for what is not of that form. */
  static async read(path: string, read: ReadJson = readJson): Promise<EventsFileSource> {
    return EventsFileSource.parse(await read(path, 'The events file'), path);
  }

  /** The same from what was read; `path` is for the messages. Throws `bad-request`. */
  static parse(said: unknown, path: string): EventsFileSource {
    const datasets = new Map<string, Numbers>();
    for (const [dataset, urls] of entriesOf(said, path)) {
      datasets.set(dataset, numbersOf(dataset, urls, path));
    }
    return new EventsFileSource(datasets);
  }

  events(dataset: string, urls: readonly string[]): Promise<Expected> {
    const byUrl: Numbers = this._datasets.get(dataset) ?? new Map();
    // Made only where a URL is not there as it stands: most files list exactly the samples JSON.
    let byLfn: Numbers | null = null;
    const events = urls.map(url => {
      const exact = byUrl.get(url);
      return exact === undefined
        ? ((byLfn ??= numbersByLfn(byUrl)).get(lfnOf(url) ?? '') ?? null)
        : exact;
    });
    return Promise.resolve({ state: 'known', events, unreadable: new Map() });
  }
}

/** The same by LFN; one that has two different numbers is there with null. */
function numbersByLfn(byUrl: Numbers): Numbers {
  const byLfn = new Map<string, number | null>();
  for (const [url, value] of byUrl) {
    const lfn = lfnOf(url);
    if (lfn !== null) {
      const before = byLfn.get(lfn);
      byLfn.set(lfn, before === undefined || before === value ? value : null);
    }
  }
  return byLfn;
}

function numbersOf(dataset: string, urls: unknown, path: string): Numbers {
  const byUrl = new Map<string, number | null>();
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
  }
  return byUrl;
}

/** The own members of a JSON object, whatever they are called: `__proto__` is a name like another. */
function entriesOf(said: unknown, where: string): [string, unknown][] {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    const shown = JSON.stringify(said).slice(0, 100);
    throw wrong(`${where}: ${shown} is not an object {dataset: {url: number}}`);
  }
  return Object.entries(said);
}

function wrong(message: string): HepbatchError {
  const next = 'Correct the events file: {dataset: {url: number or null}}.';
  return new HepbatchError('bad-request', message, { next });
}
