import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { HepbatchError, type AuditProgress, type AuditRequest } from '../../contract';
import { runEngine, type IAuditParts } from './engine';
import { isRemote } from './lfn';
import { LOG_FILES } from './log-files';
import { readEmptyLogs } from './logs';
import { openLookups, type ILookupWorld } from './lookups';
import type { IOutcome } from './outcome';
import { LocalOutputs, type IOutputs } from './outputs';
import type { IPool } from './pool';
import { parseSamples, readJson, type Samples } from './samples';
import { logFilesThere } from './there/log-files';
import { OutputsThere } from './there/outputs';
import { PathsThere, readJsonThere } from './there/paths';
import { Reader } from './there/reader';
import type { IThere, IThereNow } from './there/there';

/** The world an audit runs in; nothing is read from the process itself. */
export interface IAuditWorld extends Pick<ILookupWorld, 'env' | 'cacheFolder' | 'cwd'> {
  /** Threads that list folders and open chunks; they may start before there is work. */
  readonly openPool: (threads: number, where: 'here' | 'there') => IPool;
  readonly openHost: OpenHost;
}

/**
 * The open host of a connection; null where that is this machine. Throws `not-found`, and
 * `unreachable` or `connection-lost` where it is not open.
 */
export type OpenHost = (connection: string) => Promise<IThere | null>;

/** Who is told what, while an audit runs. */
export interface IAuditListener {
  progress(progress: AuditProgress): void;
  /** The answer from names, before chunks are opened; only where it is asked for. */
  provisional?(outcome: IOutcome): void;
}

/**
 * Runs one audit from its request to its outcome. With `listener.provisional` the answer from
 * names comes first, and the look-ups are shared.
 * Throws `cancelled`, and whatever makes the whole audit impossible; nothing is written.
 */
export async function runAudit(
  asked: AuditRequest,
  world: IAuditWorld,
  listener: IAuditListener,
  signal: AbortSignal
): Promise<IOutcome> {
  const pool = world.openPool(asked.workers, asked.on === null ? 'here' : 'there');
  const cancel = () => pool.close();
  signal.addEventListener('abort', cancel);
  try {
    listener.progress({ phase: 'reading', done: 0, total: null, chunks: 0, opened: 0 });
    const found = asked.on === null ? null : await world.openHost(asked.on);
    const there = found && withReader(found, asked);
    try {
      return await run(asked, { ...world, there }, pool, listener, signal);
    } finally {
      await there?.reader.dispose();
    }
  } catch (error) {
    if (signal.aborted) {
      throw new HepbatchError('cancelled', 'The audit was cancelled.', { next: 'Start it again.' });
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    pool.close();
  }
}

async function run(
  asked: AuditRequest,
  world: IAuditWorld & { readonly there: IThereNow | null },
  pool: IPool,
  listener: IAuditListener,
  signal: AbortSignal
): Promise<IOutcome> {
  const { cacheFolder, there } = world;
  const request = await withPaths(asked, world.cwd, there);
  const read = there && request.inputsOn === 'there' ? readJsonThere(there) : readJson;
  const json = await read(request.samplesJson, 'The samples JSON');
  const { samples, beyond } = parseSamples(json, request.samplesJson, request.limit);
  // Another host begins to list at once, while other things are looked up.
  const isTwice = listener.provisional !== undefined && request.check !== 'names';
  const times = isTwice ? 2 : 1;
  const outputs = openOutputs(request, samples, there, pool, times, signal);
  try {
    const emptyInLogs = request.logs
      ? await readEmptyLogs(request.logs, there ? logFilesThere(there, signal) : LOG_FILES)
      : new Map<string, number>();
    const cwd = there ? await inputsBegin(request, samples, there) : world.cwd;
    const lookups = await openLookups(request, { ...world, cwd, readJson: read });
    try {
      const parts: IAuditParts = { samples, beyond, lookups, emptyInLogs, outputs, cacheFolder };
      const tell = (progress: AuditProgress) => listener.progress(progress);
      if (listener.provisional && request.check !== 'names') {
        const names: AuditRequest = { ...request, check: 'names' };
        listener.provisional(await runEngine(names, parts, tell, signal));
      }
      return await runEngine(request, parts, tell, signal);
    } finally {
      await lookups.dispose();
    }
  } finally {
    outputs.dispose();
  }
}

function withReader(there: IThere, { timeoutSeconds }: AuditRequest): IThereNow {
  // As long as the other helpers: two tries and a pause for each file, and the start of Python.
  const stallMs = 2000 * timeoutSeconds + 60_000;
  return { ...there, reader: new Reader({ host: there.host, stallMs }) };
}

function openOutputs(
  { source }: AuditRequest,
  samples: Samples,
  there: IThereNow | null,
  pool: IPool,
  times: number,
  signal: AbortSignal
): IOutputs {
  if (there === null) {
    return new LocalOutputs(source, pool);
  }
  const folders = [...samples.keys()].map(dataset => join(source, dataset));
  return new OutputsThere({ there, source, folders, pool, times, signal });
}

/** Where relative names of input files begin there: beside the samples JSON, or in the home folder. */
async function inputsBegin(
  request: AuditRequest,
  samples: Samples,
  there: IThere
): Promise<string> {
  if (request.inputsOn === 'there') {
    return dirname(request.samplesJson);
  }
  const isRelative = (url: string) => !isRemote(url) && !/^(\/|file:)/i.test(url);
  const isAsked = [...samples.values()].some(urls => urls.some(isRelative));
  return isAsked ? new PathsThere(there).absolute('~') : '/';
}

/**
 * The request with absolute paths; `~/` is the user's home, each on its machine. Throws `bad-request`,
 * `unsupported`, and what asking the host throws.
 */
export async function withPaths(
  request: AuditRequest,
  cwd: string,
  there: IThere | null
): Promise<AuditRequest> {
  const { samplesJson, source, events, logs, inputsOn } = request;
  if (isRemote(source)) {
    throw new HepbatchError('unsupported', `The output folder ${source} is not a folder here.`, {
      next: 'Give its path where it is mounted, such as /eos/..., or audit where it is.'
    });
  }
  if (request.expected === 'events' && !events) {
    throw new HepbatchError('bad-request', 'No events file is named.', {
      next: 'Give the file with {dataset: {url: number}}, or another source of expected events.'
    });
  }
  const here = (path: string) =>
    Promise.resolve(
      path.startsWith('~/')
        ? join(homedir(), path.slice(2))
        : isAbsolute(path)
          ? path
          : resolve(cwd, path)
    );
  const paths = there && new PathsThere(there);
  const output = paths ? (path: string) => paths.absolute(path) : here;
  const input = inputsOn === 'there' ? output : here;
  return {
    ...request,
    on: there && request.on,
    samplesJson: await input(samplesJson),
    source: await output(source),
    events: events && (await input(events)),
    logs: logs && (await output(logs))
  };
}
