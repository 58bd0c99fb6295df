/** What a watch has seen, kept beside the journal so that a new agent need not read all logs anew. */
import { join } from 'node:path';
import * as z from 'zod';
import { JobState } from '../../../contract';
import { readRecord, writeAtomically } from '../../record';
import { FollowedLog } from './logs';
import type { IWatchedRow } from './row';

const FILE = 'watched.json';
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

const Kept = z.object({
  version: z.literal(VERSION),
  revision: z.int().nonnegative(),
  seenAt: z.iso.datetime().nullable(),
  logs: z.record(z.string(), FollowedLog),
  clusters: z.array(z.object({ name: z.string(), id: Text, rows: z.array(KeptRow) }))
});

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
  const kept = await readRecord(join(folder, FILE), Kept);
  return kept === null
    ? null
    : {
        ...kept,
        logs: new Map(Object.entries(kept.logs)),
        clusters: kept.clusters.map(({ name, id, rows }) => ({
          ...{ name, id },
          rows: rows.map((row, proc) => fromKept(row, proc))
        }))
      };
}

/** Throws `no-space`, `denied`. */
export async function writeKept(folder: string, kept: IKept): Promise<void> {
  const record: z.infer<typeof Kept> = {
    version: VERSION,
    revision: kept.revision,
    seenAt: kept.seenAt,
    logs: Object.fromEntries(kept.logs),
    clusters: kept.clusters.map(({ name, id, rows }) => ({ name, id, rows: rows.map(toKept) }))
  };
  await writeAtomically(join(folder, FILE), JSON.stringify(record), { mode: 0o600 });
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
