import { join } from 'node:path';
import { dasDatasetOf, lfnOf } from '../lfn';
import type { DasAnswer, DasFiles, IDasDataset } from './das-answer';
import { parseDatasets, parseFiles } from './das-answer';
import { DasCache } from './das-cache';
import { DasClient } from './das-client';
import type { IDasProgram } from './das-program';
import type { Expected, IExpectedSource } from './source';

/** What the look-ups in DAS need of their surroundings. */
export interface IDasOptions {
  readonly program: IDasProgram;
  readonly cacheFolder: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Takes remarks that do not spoil the answer. */
  readonly warn: (text: string) => void;
}

/** Characters that CMS allows in names; anything else would change the meaning of a query. */
const PLAIN = /^[\w./+=:~,%@-]+$/;
/** Private productions are published by their owners, in a catalogue of their own. */
const PRIVATE = /^\/store\/(user|group)\//;
const PRIVATE_INSTANCE = ' instance=prod/phys03';
const FINE_STATUS = new Set(['VALID', 'PRODUCTION']);

/** Where the files of one directory are to be looked up. */
interface IPlace {
  readonly dasDataset: string | null;
  readonly lfns: string[];
}

/**
 * Numbers of events from DAS. Each DAS dataset is asked for once, however many datasets of the
 * samples JSON use it; INVALID files are listed too. An answer that cannot be believed makes the
 * dataset unknown, never complete.
 */
export class DasSource implements IExpectedSource {
  readonly kind = 'das';

  constructor(private readonly _options: IDasOptions) {
    const { program, timeoutMs, cacheFolder, now } = _options;
    this._client = new DasClient(program, timeoutMs);
    this._cache = new DasCache(join(cacheFolder, 'das'), program, now);
  }

  async events(_dataset: string, urls: readonly string[], signal: AbortSignal): Promise<Expected> {
    const lfns = urls.map(lfnOf);
    const places = placesOf(lfns);
    const answers = await Promise.all(places.map(place => this._place(place, signal)));
    const numbers = new Map<string, number | null>();
    for (const [i, answer] of answers.entries()) {
      if (answer.is === 'bad') {
        return { state: 'unknown', reason: answer.why };
      }
      for (const lfn of places[i]?.lfns ?? []) {
        numbers.set(lfn, answer.value.get(lfn) ?? null);
      }
    }
    const events = lfns.map(lfn => (lfn === null ? null : (numbers.get(lfn) ?? null)));
    return { state: 'known', events, unreadable: new Map() };
  }

  private async _place(place: IPlace, signal: AbortSignal): Promise<DasAnswer<DasFiles>> {
    if (place.dasDataset !== null) {
      const answer = await this._files(place.dasDataset, place.lfns, signal);
      if (answer.is === 'bad' || answer.value.size > 0) {
        return answer;
      }
    }
    const [lfn = ''] = place.lfns;
    const found = await this._datasets(directoryOf(lfn), lfn, signal);
    if (found.is === 'bad') {
      return found;
    }
    if (found.value.length === 0) {
      const who = place.dasDataset === null ? lfn : `${place.dasDataset}, nor ${lfn}`;
      return PRIVATE.test(lfn)
        ? { is: 'good', value: new Map() }
        : { is: 'bad', why: `DAS knows no files of ${who}; an empty answer proves nothing` };
    }
    const all = new Map<string, number | null>();
    for (const { name } of found.value) {
      const answer = await this._files(name, place.lfns, signal);
      if (answer.is === 'bad') {
        return answer;
      }
      if (answer.value.size === 0) {
        return {
          is: 'bad',
          why: `DAS lists no file of ${name}, though ${lfn} is said to be in it`
        };
      }
      answer.value.forEach((events, file) => all.set(file, events));
    }
    return { is: 'good', value: all };
  }

  /** The files of a DAS dataset: from the cache where it has all that are wanted, else asked once. */
  private async _files(
    dasDataset: string,
    wanted: readonly string[],
    signal: AbortSignal
  ): Promise<DasAnswer<DasFiles>> {
    const instance = dasDataset.endsWith('/USER') ? PRIVATE_INSTANCE : '';
    const query = `file status=* dataset=${dasDataset}${instance} | grep file.name | grep file.nevents`;
    const asked = this._asked.get(dasDataset);
    if (asked) {
      return asked;
    }
    const kept = await once(this._kept, dasDataset, () => this._cache.get(query));
    if (kept && wanted.every(lfn => kept.has(lfn))) {
      return { is: 'good', value: kept };
    }
    return once(this._asked, dasDataset, async () => {
      const answer = await this._client.ask(query, parseFiles, signal);
      if (answer.is === 'good' && answer.value.size > 0) {
        await this._cache.put(query, answer.value);
      }
      return answer.is === 'good' ? answer : blame(dasDataset, answer.why);
    });
  }

  /** The DAS datasets of the files of a directory, asked once for one of its files. */
  private _datasets(
    directory: string,
    lfn: string,
    signal: AbortSignal
  ): Promise<DasAnswer<IDasDataset[]>> {
    return once(this._directories, directory, async () => {
      const instance = PRIVATE.test(lfn) ? PRIVATE_INSTANCE : '';
      const query = `dataset file=${lfn} status=*${instance} | grep dataset.name | grep dataset.status`;
      const answer = await this._client.ask(query, parseDatasets, signal);
      if (answer.is === 'bad') {
        return blame(lfn, answer.why);
      }
      for (const { name, status } of answer.value) {
        if (status !== null && !FINE_STATUS.has(status)) {
          this._options.warn(`DAS says that ${name} is ${status}: make sure that you mean it.`);
        }
      }
      return answer;
    });
  }

  private readonly _client: DasClient;
  private readonly _cache: DasCache;
  private readonly _kept = new Map<string, Promise<DasFiles | null>>();
  private readonly _asked = new Map<string, Promise<DasAnswer<DasFiles>>>();
  private readonly _directories = new Map<string, Promise<DasAnswer<IDasDataset[]>>>();
}

/** Groups LFNs by their DAS dataset where the LFN tells it, otherwise by directory. */
function placesOf(lfns: readonly (string | null)[]): IPlace[] {
  const places = new Map<string, IPlace>();
  for (const lfn of new Set(lfns)) {
    // DAS cannot know a name that is not allowed in CMS: such a file is in no catalogue.
    if (lfn !== null && PLAIN.test(lfn)) {
      const dasDataset = dasDatasetOf(lfn);
      const key = dasDataset ?? directoryOf(lfn);
      const place = places.get(key) ?? { dasDataset, lfns: [] };
      place.lfns.push(lfn);
      places.set(key, place);
    }
  }
  return [...places.values()];
}

/** The directory of a file without its last, all-digit part. */
function directoryOf(lfn: string): string {
  return lfn.replace(/\/[^/]*$/, '').replace(/\/\d+$/, '');
}

function blame(what: string, why: string): DasAnswer<never> {
  return { is: 'bad', why: `DAS could not be asked for ${what}: ${why}` };
}

function once<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const promise = kept.get(key) ?? make();
  kept.set(key, promise);
  return promise;
}
