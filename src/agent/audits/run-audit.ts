import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { HepbatchError, type AuditProgress, type AuditRequest } from '../../contract';
import { runEngine, type IAuditParts } from './engine';
import { isRemote } from './lfn';
import { readEmptyLogs } from './logs';
import { openLookups, type ILookupWorld } from './lookups';
import type { IOutcome } from './outcome';
import type { IPool } from './pool';
import { parseSamples, readJson } from './samples';

/** The world an audit runs in; nothing is read from the process itself. */
export interface IAuditWorld extends ILookupWorld {
  /** Threads that list folders and open chunks; they may start before there is work. */
  readonly openPool: (threads: number) => IPool;
}

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
  const request = withPaths(asked, world.cwd);
  const pool = world.openPool(request.workers);
  const cancel = () => pool.close();
  signal.addEventListener('abort', cancel);
  try {
    listener.progress({ phase: 'reading', done: 0, total: null, chunks: 0, opened: 0 });
    const json = await readJson(request.samplesJson, 'The samples JSON');
    const { samples, beyond } = parseSamples(json, request.samplesJson, request.limit);
    const emptyInLogs = request.logs
      ? await readEmptyLogs(request.logs)
      : new Map<string, number>();
    const lookups = await openLookups(request, world);
    try {
      const { cacheFolder } = world;
      const parts: IAuditParts = { samples, beyond, lookups, emptyInLogs, pool, cacheFolder };
      const tell = (progress: AuditProgress) => listener.progress(progress);
      if (listener.provisional && request.check !== 'names') {
        const names: AuditRequest = { ...request, check: 'names' };
        listener.provisional(await runEngine(names, parts, tell, signal));
      }
      return await runEngine(request, parts, tell, signal);
    } finally {
      await lookups.dispose();
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

/** The request with absolute paths; `~/` is the user's home. Throws `bad-request`, `unsupported`. */
export function withPaths(request: AuditRequest, cwd: string): AuditRequest {
  const { samplesJson, source, events, logs } = request;
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
  const absolute = (path: string) =>
    path.startsWith('~/')
      ? join(homedir(), path.slice(2))
      : isAbsolute(path)
        ? path
        : resolve(cwd, path);
  return {
    ...request,
    samplesJson: absolute(samplesJson),
    source: absolute(source),
    events: events && absolute(events),
    logs: logs && absolute(logs)
  };
}
