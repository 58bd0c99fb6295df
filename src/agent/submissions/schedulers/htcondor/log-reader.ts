/** Follows the event log of a cluster on a host: only what is new is read. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { IHost } from '../../../connections/hosts/host';
import { parseEvents } from './event-log';
import type { ILogEvent } from './event-log';

/** How far a log was read; kept between two looks, also over a restart. */
export const LogPlace = z.object({
  /** Bytes that were read. */
  offset: z.int().nonnegative(),
  /** Of the first bytes, so that another file of the same name is noticed; null where none was read. */
  head: z.string().nullable(),
  /** How many bytes `head` is of. */
  headBytes: z.int().nonnegative()
});
export type LogPlace = z.infer<typeof LogPlace>;

/** What is new in a log. */
export interface ILogNews {
  readonly events: readonly ILogEvent[];
  readonly place: LogPlace;
  /** Whether it is another file than before, or a shorter one: all events are told again. */
  readonly isAnew: boolean;
}

/** Nothing was read. */
export const LOG_BEGIN: LogPlace = { offset: 0, head: null, headBytes: 0 };

/** The first event is longer than this and names cluster, time and host. */
const HEAD_BYTES = 64;

/** So much is read in one look; the rest at the next. */
const PART_BYTES = 2 * 1024 * 1024;

/** An event of HTCondor is shorter by far; what is longer is no event log. */
const LONGEST_EVENT = 1024 * 1024;

/**
 * Reads on from a place. A log that is not there has no news: a rotated one may be about to be made
 * again, and the place is kept. The end of a rotated log is read from `<path>.old`.
 * Throws `denied`, `connection-lost`.
 */
export async function readLog(host: IHost, path: string, place: LogPlace): Promise<ILogNews> {
  const found = await host.stat(path);
  if (found === null) {
    return { events: [], place, isAnew: false };
  }
  if (await isSame(host, path, place, found.bytes)) {
    return { ...(await readOn(host, path, place, found.bytes)), isAnew: false };
  }
  const events = [...(await restOfOld(host, `${path}.old`, place))];
  const anew = await readOn(host, path, LOG_BEGIN, found.bytes);
  return { events: [...events, ...anew.events], place: anew.place, isAnew: true };
}

async function restOfOld(
  host: IHost,
  path: string,
  place: LogPlace
): Promise<readonly ILogEvent[]> {
  const events: ILogEvent[] = [];
  const found = place.head === null ? null : await host.stat(path);
  if (found === null || !(await isSame(host, path, place, found.bytes))) {
    return events;
  }
  for (let at = place; ;) {
    const part = await readOn(host, path, at, found.bytes);
    events.push(...part.events);
    if (part.place.offset === at.offset) {
      return events;
    }
    at = part.place;
  }
}

/** Truncated, and written again up to where we were: only its first bytes can tell. */
async function isSame(host: IHost, path: string, place: LogPlace, bytes: number): Promise<boolean> {
  if (place.head === null) {
    return true;
  }
  return bytes >= place.offset && (await headOf(host, path, place.headBytes)) === place.head;
}

async function readOn(
  host: IHost,
  path: string,
  place: LogPlace,
  bytes: number
): Promise<{ events: readonly ILogEvent[]; place: LogPlace }> {
  const length = Math.min(bytes - place.offset, PART_BYTES);
  if (length <= 0) {
    return { events: [], place };
  }
  const data = await host.read(path, { maxBytes: length, offset: place.offset, length });
  const parsed = parseEvents(data);
  // What has no end for that long never gets one.
  const isNoLog = parsed.bytes === 0 && data.length > LONGEST_EVENT;
  const offset = place.offset + (isNoLog ? data.length : parsed.bytes);
  if (place.head !== null || offset === 0) {
    return { events: parsed.events, place: { ...place, offset } };
  }
  const headBytes = Math.min(HEAD_BYTES, offset);
  const head = await headOf(host, path, headBytes);
  return { events: parsed.events, place: { offset, head, headBytes } };
}

async function headOf(host: IHost, path: string, bytes: number): Promise<string> {
  const data = await host.read(path, { maxBytes: bytes, offset: 0, length: bytes });
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}
