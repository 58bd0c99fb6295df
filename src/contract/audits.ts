import * as z from 'zod';
import { ConnectionId } from './connections';
import { Failure } from './errors';
import { get, post } from './endpoint';
import { STALE_AT_ONCE, StaleChunk, StaleOutcome } from './stale-chunks';
import { FILE_STATUSES } from './statuses';

/** One word of the list of statuses. */
export const FileStatus = z.enum(FILE_STATUSES);
export type FileStatus = z.infer<typeof FileStatus>;

/** How many input files have each status; every key is always there. */
export const FileCounts = z.record(FileStatus, z.int().nonnegative());
export type FileCounts = z.infer<typeof FileCounts>;

/** Entries `[start, stop)` of an input file. */
export const EventRange = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);
export type EventRange = z.infer<typeof EventRange>;

/** How output files are named after their input file: by the stem of its LFN, or by the UUID of its ROOT header. */
export const Convention = z.enum(['DAS', 'Legacy']);
export type Convention = z.infer<typeof Convention>;

/** Where the number of events of each input file comes from. */
export const EXPECTED_SOURCES = ['auto', 'das', 'events', 'count', 'none'] as const;

/**
 * What an audit is asked to compare, and how; paths are absolute or begin with `~/`. With `on` the
 * output folder, the job logs, dasgoclient and input files without `root://` are those of that host.
 */
export const AuditRequest = z.object({
  on: ConnectionId.nullable().default(null).meta({
    title: 'Where',
    description: 'Connection to the host where the outputs lie, which is open; null: this machine'
  }),
  inputsOn: z.enum(['here', 'there']).default('here').meta({
    title: 'Samples JSON is',
    description: 'Where the samples JSON and the events file lie: on this machine or on that host'
  }),
  samplesJson: z
    .string()
    .min(1)
    .meta({ title: 'Samples JSON', description: 'File with {dataset: [urls]}' }),
  source: z.string().min(1).meta({
    title: 'Output folder',
    description: 'Folder that holds <dataset>/<variation>/<chunk>.parquet'
  }),
  convention: Convention.meta({
    title: 'Naming convention',
    description: 'DAS: names begin with the stem of the input file; Legacy: with its ROOT UUID'
  }),
  expected: z.enum(EXPECTED_SOURCES).default('auto').meta({
    title: 'Expected events',
    description:
      'das: ask dasgoclient; events: read a file; count: open the input files; none: judge the ranges alone; auto: das where dasgoclient is found, otherwise none'
  }),
  events: z
    .string()
    .nullable()
    .default(null)
    .meta({ title: 'Events file', description: 'File with {dataset: {url: number}}' }),
  dasgoclient: z
    .string()
    .nullable()
    .default(null)
    .meta({ title: 'dasgoclient', description: 'Path of the client; null: the one on PATH' }),
  chunk: z.int().positive().nullable().default(null).meta({
    title: 'Target events per chunk',
    description: 'The --chunk of the run; it explains ranges and decides nothing'
  }),
  limit: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .meta({ title: 'Limit', description: 'Only the first files of each dataset' }),
  variations: z.enum(['all', 'nominal']).default('all').meta({ title: 'Variations' }),
  check: z.enum(['new', 'all', 'names']).default('new').meta({
    title: 'Parquet check',
    description:
      'new: open chunks that are new or changed; all: open every chunk again; names: open nothing'
  }),
  logs: z.string().nullable().default(null).meta({
    title: 'Job logs',
    description: 'Folder of a vanilla submission, whose logs tell of empty selections'
  }),
  skipBadFiles: z.boolean().default(false).meta({
    title: 'Skip bad files',
    description: 'Input files that nobody serves count as unreadable instead of unknown'
  }),
  timeoutSeconds: z.number().positive().max(3600).default(30).meta({ title: 'Time-out (s)' }),
  workers: z.int().positive().max(64).default(4).meta({ title: 'Threads' })
});
export type AuditRequest = z.output<typeof AuditRequest>;

/** One input file that is neither complete nor without events, as published in the report. */
export const Problem = z.object({
  file: z.string().meta({ description: 'URL exactly as in the samples JSON' }),
  id: z.string().meta({ description: 'Stem of the LFN, or UUID of the ROOT header' }),
  status: FileStatus,
  expected: z.int().nonnegative().nullable(),
  missing: z.array(EventRange).meta({ description: 'Absent ranges, joined' }),
  chunks: z.array(z.string()).meta({ description: 'Names of the chunks at fault' }),
  reason: z.string()
});
export type Problem = z.infer<typeof Problem>;

/** What the report says of one dataset. */
export const DatasetReport = z.object({
  files: FileCounts,
  events: z.object({ expected: z.int().nonnegative().nullable(), found: z.int().nonnegative() }),
  problems: z.array(Problem),
  stale: z.array(z.string()).meta({
    description: '<dataset>/<variation>/<file> to delete before the resubmission'
  }),
  foreign: z.array(z.string()).meta({
    description: 'Files in nominal that belong to no input file'
  }),
  unknown: z.string().nullable().meta({ description: 'Why this dataset could not be answered' })
});
export type DatasetReport = z.infer<typeof DatasetReport>;

/** The file that `hepbatch audit --report` writes; version 1. */
export const AuditReport = z.object({
  version: z.literal(1),
  convention: Convention,
  source: z.string(),
  chunk: z.int().positive().nullable(),
  datasets: z.record(z.string(), DatasetReport)
});
export type AuditReport = z.infer<typeof AuditReport>;

/** Counts over a whole audit. */
export const AuditSummary = z.object({
  datasets: z.int(),
  unknownDatasets: z.int(),
  files: FileCounts,
  events: DatasetReport.shape.events,
  resubmit: z.int().meta({ description: 'Files that the export would list' }),
  stale: z.int(),
  foreign: z.int()
});
export type AuditSummary = z.infer<typeof AuditSummary>;

/** The counts of nothing: nine zeros. */
export function noFiles(): FileCounts {
  return {
    complete: 0,
    missing: 0,
    partial: 0,
    overlapping: 0,
    truncated: 0,
    empty: 0,
    'no-events': 0,
    'not-in-catalogue': 0,
    unreadable: 0
  };
}

/** How far an audit is; totals are null while they are not known. */
export const AuditProgress = z.object({
  phase: z.enum(['reading', 'expected', 'names', 'chunks', 'done']),
  done: z.int().meta({ description: 'Datasets done in this phase' }),
  total: z.int().nullable(),
  chunks: z.int().meta({ description: 'Chunks seen so far' }),
  opened: z.int().meta({ description: 'Chunks opened so far' })
});
export type AuditProgress = z.infer<typeof AuditProgress>;

/** What differs from the audit before of the same samples JSON and folder. */
export const AuditChanges = z.object({
  since: z.iso.datetime(),
  mended: z.int().meta({ description: 'Files that were a problem and are none any more' }),
  broken: z.int().meta({ description: 'Files that became a problem' }),
  changed: z.int().meta({ description: 'Problems whose status is another one now' })
});
export type AuditChanges = z.infer<typeof AuditChanges>;

/** One audit: what was asked, how far it is, and what came out. */
export const Audit = z.object({
  id: z.string(),
  request: AuditRequest,
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  progress: AuditProgress,
  checked: z.enum(['nothing', 'names', 'chunks']).meta({
    description: 'What the present answer rests on; names: chunks were not opened'
  }),
  summary: AuditSummary.nullable(),
  changes: AuditChanges.nullable(),
  notes: z.array(z.string()).meta({ description: 'What was not checked, and warnings' }),
  failure: Failure.nullable()
});
export type Audit = z.infer<typeof Audit>;

const AuditId = z.object({ id: z.string() });

/** One row of the dataset table. */
export const DatasetRow = z.object({
  dataset: z.string(),
  inputs: z.int(),
  files: FileCounts,
  events: DatasetReport.shape.events,
  resubmit: z.int(),
  stale: z.int(),
  foreign: z.int(),
  variations: z.array(z.string()),
  unknown: z.string().nullable()
});
export type DatasetRow = z.infer<typeof DatasetRow>;

/** Which rows of the file table are wanted; null means all. */
export const FileFilter = z.object({
  datasets: z.array(z.string()).nullable().default(null),
  statuses: z.array(FileStatus).nullable().default(null),
  text: z.string().default('').meta({ description: 'Part of the URL or of the identifier' }),
  changed: z.boolean().default(false).meta({ description: 'Only what changed since last time' })
});
export type FileFilter = z.output<typeof FileFilter>;

/** One row of the file table. */
export const FileRow = z.object({
  dataset: z.string(),
  file: z.string(),
  id: z.string(),
  status: FileStatus,
  was: FileStatus.nullable().meta({ description: 'Status last time, where it was another one' }),
  expected: z.int().nullable(),
  found: z.int(),
  chunks: z.int().meta({ description: 'Chunks in nominal' }),
  missing: z.array(EventRange),
  faults: z.array(z.string()).meta({ description: 'Names of the chunks at fault' }),
  reason: z.string()
});
export type FileRow = z.infer<typeof FileRow>;

/** One chunk on disk, as it is now. */
export const ChunkRow = z.object({
  variation: z.string(),
  name: z.string(),
  start: z.int(),
  stop: z.int(),
  size: z.int().nullable(),
  valid: z.boolean().nullable().meta({ description: 'null: not a parquet file, not checked' })
});
export type ChunkRow = z.infer<typeof ChunkRow>;

const Page = { offset: z.int().nonnegative().default(0), limit: z.int().positive().max(5000) };

/** What the footers of a dataset's nominal chunks say. */
export const RowCounts = z.object({
  chunks: z.int(),
  rows: z.int(),
  empty: z.int().meta({ description: 'Chunks with zero rows' }),
  withSumGenw: z.int().meta({ description: 'Chunks that carry sum_genw_presel' }),
  withoutSumGenw: z
    .array(z.string())
    .meta({ description: 'Names of those that do not, at most 100' }),
  unreadable: z.array(z.string()).meta({ description: 'Names of unreadable chunks, at most 100' })
});
export type RowCounts = z.infer<typeof RowCounts>;

/** What an export holds: `text` is the resubmission JSON, byte for byte. */
export const ResubmissionExport = z.object({
  text: z.string(),
  datasets: z.int(),
  files: z.int(),
  savedAs: z.string().nullable()
});
export type ResubmissionExport = z.infer<typeof ResubmissionExport>;

export const audits = {
  /** Recent audits, newest first. */
  list: get('/audits', z.array(Audit)),
  start: post('/audits/start', AuditRequest, Audit),
  read: post('/audits/read', AuditId, Audit),
  /** Ends a running audit at once; what it had found stays readable. */
  cancel: post('/audits/cancel', AuditId, Audit),
  /** Forgets an audit; touches no file but our own record of it. */
  remove: post('/audits/remove', AuditId, z.object({})),
  datasets: post(
    '/audits/datasets',
    AuditId,
    z.object({ datasets: z.array(DatasetRow), notInJson: z.array(z.string()) })
  ),
  files: post(
    '/audits/files',
    z.object({
      ...AuditId.shape,
      ...FileFilter.shape,
      ...Page,
      sort: z.enum(['json', 'file', 'status', 'expected', 'found', 'chunks']).default('json'),
      descending: z.boolean().default(false)
    }),
    z.object({ total: z.int(), rows: z.array(FileRow) })
  ),
  /** The chunks of one input file, read from the disk now. */
  chunks: post(
    '/audits/chunks',
    z.object({ ...AuditId.shape, dataset: z.string(), file: z.string() }),
    z.array(ChunkRow)
  ),
  names: post(
    '/audits/names',
    z.object({
      ...AuditId.shape,
      ...Page,
      kind: z.enum(['stale', 'foreign']),
      datasets: z.array(z.string()).nullable().default(null)
    }),
    z.object({ total: z.int(), rows: z.array(z.string()) })
  ),
  /** Reads the footers of the nominal chunks of one dataset. */
  rows: post('/audits/rows', z.object({ ...AuditId.shape, dataset: z.string() }), RowCounts),
  /**
   * The resubmission JSON, for all datasets or some; written to `path` where one is given.
   * Throws `conflict` where `path` exists and `overwrite` is false.
   */
  export: post(
    '/audits/export',
    z.object({
      ...AuditId.shape,
      datasets: z.array(z.string()).nullable().default(null),
      path: z.string().nullable().default(null),
      pathOn: z.enum(['here', 'there']).default('here').meta({
        description: 'Whose path that is: of this machine, or of the host of the outputs'
      }),
      overwrite: z.boolean().default(false)
    }),
    ResubmissionExport
  ),
  report: post('/audits/report', AuditId, AuditReport),
  /**
   * The stale chunks as they lie there now, from `offset` of all that the audit named; `left` are those that are
   * not to be touched. Throws `conflict` where a newer audit counts.
   */
  stale: post(
    '/audits/stale',
    z.object({
      ...AuditId.shape,
      datasets: z.array(z.string()).nullable().default(null),
      offset: z.int().nonnegative().default(0),
      limit: z.int().positive().max(STALE_AT_ONCE).default(STALE_AT_ONCE)
    }),
    z.object({
      total: z.int(),
      folder: z.string().meta({ description: 'Where they would be moved to' }),
      chunks: z.array(StaleChunk),
      left: z.array(StaleOutcome)
    })
  ),
  /**
   * Removes stale chunks from their variations: moves exactly these, as a person saw them, into `folder`. Each
   * is checked right before. Throws `conflict` as `stale`, and `unknown-outcome`.
   */
  removeStale: post(
    '/audits/remove-stale',
    z.object({ ...AuditId.shape, chunks: z.array(StaleChunk).max(STALE_AT_ONCE) }),
    z.object({ folder: z.string(), outcomes: z.array(StaleOutcome) })
  )
};
