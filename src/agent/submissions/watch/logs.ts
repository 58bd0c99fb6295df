/** Follows the event logs of all clusters of a submission with as few questions to the host as it takes. */
import * as z from 'zod';
import type { IHost } from '../../connections/hosts/host';
import { toolError } from '../../connections/hosts/file-words';
import { parseEvents } from '../schedulers/htcondor/event-log';
import type { ILogEvent } from '../schedulers/htcondor/event-log';
import { LOG_BEGIN, LogPlace, readLog } from '../schedulers/htcondor/log-reader';

/** How far a log was read, and how it looked then; kept over a restart. */
export const FollowedLog = z.object({
  bytes: z.int().nonnegative(),
  /** As the host tells it. */
  changed: z.string(),
  /** Of a log that is read on from; null of a small one, which is read whole. */
  place: LogPlace.nullable()
});
export type FollowedLog = z.infer<typeof FollowedLog>;

/** Logs up to this size are read whole, all in one command; their events are known to come twice. */
const SMALL_BYTES = 16 * 1024;

/** Of small logs in one command. */
const PART_BYTES = 8 * 1024 * 1024;

/** Large logs that are read at once. */
const AT_ONCE = 8;

const LIST_TIMEOUT_MS = 120_000;
const LISTED_BYTES = 64 * 1024 * 1024;

/** What a log looks like on the host. */
interface ISeen {
  readonly bytes: number;
  readonly changed: string;
}

/** The logs of one folder. */
export class Logs {
  /** By file name. */
  constructor(known: Iterable<readonly [string, FollowedLog]> = []) {
    this._known = new Map(known);
  }

  /** What to keep over a restart. */
  get known(): ReadonlyMap<string, FollowedLog> {
    return this._known;
  }

  /**
   * Hands on the new events of the named logs, in the order of each log. Only logs that changed since
   * the last look are read. Throws what keeps the host from answering; what was handed on stays read.
   */
  async look(
    host: IHost,
    folder: string,
    names: ReadonlySet<string>,
    take: (events: readonly ILogEvent[]) => void,
    signal: AbortSignal
  ): Promise<void> {
    const changed = [...(await list(host, folder, signal))].filter(
      ([name, seen]) => names.has(name) && !isSame(this._known.get(name), seen)
    );
    const isSmall = ([name, { bytes }]: readonly [string, ISeen]) =>
      bytes <= SMALL_BYTES && (this._known.get(name)?.place ?? null) === null;
    for (const part of partsOf(changed.filter(isSmall))) {
      take(parseEvents(await readWhole(host, folder, part, signal)).events);
      for (const [name, seen] of part) {
        this._known.set(name, { ...seen, place: null });
      }
    }
    const large = changed.filter(one => !isSmall(one));
    for (let at = 0; at < large.length; at += AT_ONCE) {
      const part = large.slice(at, at + AT_ONCE);
      await Promise.all(
        part.map(async ([name, seen]) => {
          const place = await this._readOn(host, `${folder}/${name}`, name, take);
          this._known.set(name, { ...seen, place });
        })
      );
    }
  }

  private async _readOn(
    host: IHost,
    path: string,
    name: string,
    take: (events: readonly ILogEvent[]) => void
  ): Promise<LogPlace> {
    let place = this._known.get(name)?.place ?? LOG_BEGIN;
    for (;;) {
      const news = await readLog(host, path, place);
      take(news.events);
      const isEnd = news.place.offset === place.offset && !news.isAnew;
      place = news.place;
      if (isEnd) {
        return place;
      }
    }
  }

  private readonly _known: Map<string, FollowedLog>;
}

function isSame(known: FollowedLog | undefined, seen: ISeen): boolean {
  return known?.bytes === seen.bytes && known.changed === seen.changed;
}

/** Sizes and times of all logs of a folder, in one command. */
async function list(
  host: IHost,
  folder: string,
  signal: AbortSignal
): Promise<ReadonlyMap<string, ISeen>> {
  const format = '%s %T@ %f\\0';
  const argv = ['find', folder, '-maxdepth', '1', '-name', '*.log', '-printf', format];
  const result = await host.run(argv, {
    env: { LC_ALL: 'C' },
    signal,
    timeoutMs: LIST_TIMEOUT_MS,
    maxOutputBytes: LISTED_BYTES
  });
  if (result.end !== 'exited' || result.code !== 0) {
    throw toolError(folder, result, false);
  }
  const logs = new Map<string, ISeen>();
  for (const line of result.stdout.split('\0')) {
    const [, bytes, changed = '', name = ''] = /^(\d+) (\S+) ([^]+)$/.exec(line) ?? [];
    if (bytes !== undefined) {
      logs.set(name, { bytes: Number(bytes), changed });
    }
  }
  return logs;
}

/**
 * Small logs one after the other: each event names its cluster, so it does not matter where one ends. An
 * event of which the end is not written yet is left out, since the next log begins with one of its own.
 */
async function readWhole(
  host: IHost,
  folder: string,
  logs: readonly (readonly [string, ISeen])[],
  signal: AbortSignal
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const result = await host.run(['xargs', '-0', 'cat', '--'], {
    cwd: folder,
    env: { LC_ALL: 'C' },
    stdin: logs.map(([name]) => name).join('\0'),
    signal,
    timeoutMs: LIST_TIMEOUT_MS,
    maxOutputBytes: 8 * PART_BYTES,
    onStdout: chunk => parts.push(chunk)
  });
  // 123: one of them was taken away meanwhile; the others were told.
  if (result.end !== 'exited' || (result.code !== 0 && result.code !== 123)) {
    throw toolError(folder, result, false);
  }
  return Buffer.concat(parts);
}

function partsOf<T extends readonly [string, ISeen]>(
  logs: readonly T[]
): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let bytes = Infinity;
  for (const log of logs) {
    if (bytes + log[1].bytes > PART_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(log);
    bytes += log[1].bytes;
  }
  return parts;
}
