/** What a watch has seen, kept beside the journal so that a new agent need not read all logs anew. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import { HepbatchError, JobState } from '../../../contract';
import { errnoOf } from '../../errno';
import { fileError, writeAtomically } from '../../record';
import { FollowedLog } from './logs';
import type { IWatchedRow } from './row';

const FILE = 'watched.jsonl';
const VERSION = 1;

const Figure = z.number().nullable();
const Text = z.string().nullable();

/** A job in as few letters as it takes; `proc` is its place in the list. */
const KeptRow = z.tuple([
  z.int(),
  JobState,
  z.string(),
  z.tuple([Figure, Figure, z.string()]).nullable(),
  Text,
  z.tuple([Figure, Figure, Figure, Figure, Figure, Figure, Figure]),
  Text,
  Text,
  z.boolean()
]);
type KeptRow = z.infer<typeof KeptRow>;

/** The first line. */
const Head = z.object({
  version: z.literal(VERSION),
  revision: z.int().nonnegative(),
  seenAt: z.iso.datetime().nullable(),
  logs: z.record(z.string(), FollowedLog)
});

/** Each line after it: jobs are many, so they are never all in one text. */
const Cluster = z.object({ name: z.string(), id: Text, rows: z.array(KeptRow) });

/** Everything that is kept of a watch. */
export interface IKept {
  readonly revision: number;
  readonly seenAt: string | null;
  readonly logs: ReadonlyMap<string, FollowedLog>;
  readonly clusters: readonly {
    readonly name: string;
    /** Whose jobs they were, since a cluster may be found to be another one. */
    readonly id: string | null;
    readonly rows: readonly IWatchedRow[];
  }[];
}

/** Null where nothing was kept. Throws `corrupt`, `denied`. */
export async function readKept(folder: string): Promise<IKept | null> {
  const path = join(folder, FILE);
  const data = await readFile(path).catch(nullIfAbsent).catch(fileError(path));
  if (data === null) {
    return null;
  }
  try {
    const [head, ...lines] = linesOf(data);
    const { revision, seenAt, logs } = Head.parse(JSON.parse(String(head ?? '')));
    const clusters: IKept['clusters'][number][] = [];
    for (const line of lines) {
      const { name, id, rows } = Cluster.parse(JSON.parse(String(line)));
      clusters.push({ name, id, rows: rows.map((row, proc) => fromKept(row, proc)) });
      await nextTurn(); // others want to be answered meanwhile
    }
    return { revision, seenAt, logs: new Map(Object.entries(logs)), clusters };
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    const next = 'Nothing is lost: logs and queue are read anew.';
    throw new HepbatchError('corrupt', `${path}: ${why.slice(0, 400)}`, { next }, { cause });
  }
}

/** Throws `no-space`, `denied`. */
export async function writeKept(folder: string, kept: IKept): Promise<void> {
  const { revision, seenAt } = kept;
  const head = { version: VERSION, revision, seenAt, logs: Object.fromEntries(kept.logs) };
  const lines = [Buffer.from(`${JSON.stringify(head)}\n`)];
  for (const { name, id, rows } of kept.clusters) {
    lines.push(Buffer.from(`${JSON.stringify({ name, id, rows: rows.map(toKept) })}\n`));
  }
  await writeAtomically(join(folder, FILE), Buffer.concat(lines), { mode: 0o600 });
}

function linesOf(data: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const end = data.indexOf(0x0a, at);
    lines.push(data.subarray(at, end < 0 ? data.length : end));
    at = end < 0 ? data.length : end + 1;
  }
  return lines;
}

function nullIfAbsent(cause: unknown): null {
  if (errnoOf(cause) === 'ENOENT') {
    return null;
  }
  throw cause;
}

function toKept(row: IWatchedRow): KeptRow {
  const { hold, exitCode, exitSignal, wallSeconds, memoryMb, requestedMemoryMb, starts } = row;
  return [
    row.revision,
    row.state,
    row.said,
    hold === null ? null : [hold.code, hold.subcode, hold.reason],
    row.reason,
    [exitCode, exitSignal, wallSeconds, memoryMb, requestedMemoryMb, starts, row.since],
    row.node,
    row.error,
    row.isUnwanted
  ];
}

function fromKept(kept: KeptRow, proc: number): IWatchedRow {
  const [revision, state, said, hold, reason, numbers, node, error, isUnwanted] = kept;
  const [exitCode, exitSignal, wallSeconds, memoryMb, requestedMemoryMb, starts, since] = numbers;
  return {
    ...{ proc, state, said, reason, exitCode, exitSignal, wallSeconds, memoryMb },
    hold: hold === null ? null : { code: hold[0], subcode: hold[1], reason: hold[2] },
    ...{ requestedMemoryMb, starts, node, since, error, isUnwanted, revision }
  };
}
