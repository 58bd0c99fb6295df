import type { AuditRequest } from '../../contract';
import type { Environment } from '../run';
import { CountSource } from './expected/count';
import { DasSource } from './expected/das';
import { dasHere, dasThere, findDasHere, findDasThere } from './expected/das-program';
import type { IDasProgram } from './expected/das-program';
import { EventsFileSource } from './expected/events-file';
import type { Expected, IExpectedSource } from './expected/source';
import { LegacyIdentity, type IIdentities } from './identity/legacy';
import { stemOf } from './lfn';
import type { ReadJson } from './samples';
import type { IThereNow } from './there/there';

/** Where look-ups are made from. */
export interface ILookupWorld {
  readonly env: Environment;
  readonly cacheFolder: string;
  /** Relative paths of the samples JSON begin here, on the machine where the input files are. */
  readonly cwd: string;
  /** The host where programs run and input files lie; null: this machine. */
  readonly there: IThereNow | null;
  readonly readJson: ReadJson;
}

/** What an audit has to look up outside the output folder before it can compare. */
export interface ILookups {
  /** Under which identifier each input file's chunks are named; by index of the URL. */
  identify(dataset: string, urls: readonly string[], signal: AbortSignal): Promise<IIdentities>;
  /** How many events each has; null: no catalogue is asked, the ranges alone are judged. */
  readonly expect:
    ((dataset: string, urls: readonly string[], signal: AbortSignal) => Promise<Expected>) | null;
  /** Remarks met on the way. */
  readonly notes: string[];
  dispose(): Promise<void>;
}

/**
 * Opens the look-ups a request asks for. Each dataset is looked up once, however often it is
 * asked for: the answer from names and the one from chunks share it.
 * Throws what reading the events file throws, and `connection-lost` where nobody knows whether there is
 * a dasgoclient.
 */
export async function openLookups(request: AuditRequest, world: ILookupWorld): Promise<ILookups> {
  const notes: string[] = [];
  const options = {
    ...world,
    timeoutMs: request.timeoutSeconds * 1000,
    skipBadFiles: request.skipBadFiles,
    warn: (text: string) => notes.push(text)
  };
  const source = await openSource(request, options);
  const legacy = request.convention === 'Legacy' ? new LegacyIdentity(options) : null;
  const identities = new Map<string, Promise<IIdentities>>();
  const expected = new Map<string, Promise<Expected>>();
  return {
    notes,
    identify: (dataset, urls, signal) =>
      once(identities, dataset, async () => {
        if (!legacy) {
          return { ids: urls.map(stemOf), unreadable: new Map(), unknown: null, notes: [] };
        }
        const found = await legacy.identify(urls, signal);
        found.notes.forEach(note => notes.push(note));
        return found;
      }),
    expect:
      source &&
      ((dataset, urls, signal) =>
        once(expected, dataset, () => source.events(dataset, urls, signal))),
    dispose: async () => {
      await Promise.all([legacy?.dispose(), source?.dispose?.()]);
    }
  };
}

type ILookupOptions = ILookupWorld & {
  readonly timeoutMs: number;
  readonly skipBadFiles: boolean;
  readonly warn: (text: string) => void;
};

async function openSource(
  request: AuditRequest,
  options: ILookupOptions
): Promise<IExpectedSource | null> {
  switch (request.expected) {
    case 'none':
      return null;
    case 'count':
      return new CountSource(options);
    case 'events':
      return EventsFileSource.read(request.events ?? '', options.readJson);
    case 'das':
    case 'auto': {
      const program = await dasProgram(request, options);
      return program && new DasSource({ ...options, program, now: Date.now });
    }
  }
}

/** The client that is asked; null where none was asked for and none is there. */
async function dasProgram(
  request: AuditRequest,
  { there, env }: ILookupWorld
): Promise<IDasProgram | null> {
  const found = request.dasgoclient ?? (await (there ? findDasThere(there) : findDasHere(env)));
  if (found === null && request.expected === 'auto') {
    return null;
  }
  const path = found ?? 'dasgoclient';
  return there ? dasThere(there, path) : dasHere(path, env);
}

/** The answer for a key, asked for once. */
function once<T>(answers: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = answers.get(key);
  if (known) {
    return known;
  }
  const asked = ask();
  answers.set(key, asked);
  return asked;
}
