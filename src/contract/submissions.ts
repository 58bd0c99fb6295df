import * as z from 'zod';
import { AuditRequest } from './audits';
import { LogPiece } from './clusters';
import { ConnectionId } from './connections';
import { get, post } from './endpoint';
import {
  JobSelection,
  JobsOutcome,
  Submission,
  SubmissionCluster,
  SubmissionJob,
  SubmissionToken
} from './submission-parts';
import { HostPath, JsonSource, SubmissionPreview, SubmissionRequest } from './submission-request';

const Token = z.object({ token: SubmissionToken });
const OneJob = Token.extend({ cluster: z.string(), proc: z.int().nonnegative() });
const Stamp = z.string().regex(/^\d{8}_\d{6}$/, 'is no YYYYmmdd_HHMMSS');
const Outcomes = z.object({ outcomes: z.array(JobsOutcome), submission: Submission });

export const submissions = {
  /** A dry run: writes and runs nothing. Throws `bad-request` where nothing could be planned. */
  preview: post(
    '/submissions/preview',
    z.object({
      request: SubmissionRequest,
      parent: SubmissionToken.nullable().default(null).meta({
        description:
          'As for submit: of missing files nobody wants to hear of datasets that are fine'
      }),
      stamp: Stamp.nullable().default(null).meta({
        description: 'That of the first page, for those after it'
      }),
      offset: z.int().nonnegative().default(0),
      most: z.int().min(0).max(2000).default(200)
    }),
    SubmissionPreview
  ),
  /**
   * A samples JSON as it stands on the host, to be edited: the named one, else that of the runner JSON.
   * Throws `not-found`, `denied`, `bad-request` where none is named, `unsupported` above 1 MB.
   */
  samples: post(
    '/submissions/samples',
    z.object({
      connection: ConnectionId,
      runner: JsonSource.nullable().default(null),
      samples: HostPath.nullable().default(null)
    }),
    z.object({
      path: z.string(),
      name: z.string().meta({ description: 'Of the file' }),
      text: z.string().meta({ description: 'As it stands, whether it is JSON or not' })
    })
  ),
  /**
   * Answers once the submission is known to be wanted; writing and sending go on, and come as events.
   * Again with the same token: answers with what became of it, and submits nothing twice.
   * Throws what preview does, `refused` where a check refuses it.
   */
  submit: post(
    '/submissions/submit',
    z.object({
      token: SubmissionToken,
      request: SubmissionRequest,
      parent: SubmissionToken.nullable().default(null)
    }),
    Submission
  ),
  /** Newest first. */
  list: get('/submissions', z.object({ submissions: z.array(Submission) })),
  /** Looks at logs and queue anew. */
  read: post('/submissions/read', Token, Submission),
  /** What was asked for, to ask again. Throws `not-found` for an imported one. */
  request: post('/submissions/request', Token, SubmissionRequest),
  clusters: post(
    '/submissions/clusters',
    Token.extend({
      offset: z.int().nonnegative().default(0),
      most: z.int().min(1).max(5000).default(1000)
    }),
    z.object({ clusters: z.array(SubmissionCluster), total: z.int().nonnegative() })
  ),
  /** Jobs that changed after a revision, each whole; ask again from `revision` while there are `more`. */
  jobs: post(
    '/submissions/jobs',
    Token.extend({
      after: z.int().nonnegative().default(0).meta({ description: '0: all jobs' }),
      most: z.int().min(1).max(10_000).default(5000)
    }),
    z.object({
      jobs: z.array(SubmissionJob),
      revision: z.int().nonnegative(),
      more: z.boolean()
    })
  ),
  /** Looks for what is unknown by its token; sends nothing. */
  reconcile: post('/submissions/reconcile', Token, Submission),
  /** Sends what is prepared, absent, or was refused; what is unknown is looked for first. */
  resume: post('/submissions/resume', Token, Submission),
  hold: post('/submissions/hold', Token.extend({ jobs: JobSelection }), Outcomes),
  release: post('/submissions/release', Token.extend({ jobs: JobSelection }), Outcomes),
  remove: post('/submissions/remove', Token.extend({ jobs: JobSelection }), Outcomes),
  /**
   * Held jobs are changed and released; those that left the queue are submitted again, as a submission of
   * exactly their files whose parent this one is.
   */
  retry: post(
    '/submissions/retry',
    Token.extend({
      jobs: JobSelection.prefault({ kind: 'states', states: ['held', 'failed'] }),
      child: SubmissionToken.meta({ description: 'Token of the submission that may come of it' }),
      memoryMb: z.int().positive().nullable().default(null).meta({ title: 'Memory (MB)' }),
      queue: z.string().nullable().default(null).meta({ title: 'Queue' }),
      walltimeSeconds: z.int().positive().nullable().default(null).meta({ title: 'Wall time (s)' }),
      excludeNodes: z.array(z.string()).default([]).meta({ title: 'Exclude nodes' })
    }),
    z.object({ outcomes: z.array(JobsOutcome), child: Submission.nullable() })
  ),
  /** Brings the output of spooled jobs back, then takes the completed ones of this submission away. */
  fetch: post('/submissions/fetch', Token, Outcomes),
  /** A negative offset counts from the end. To follow, ask again from `next`. */
  readLog: post(
    '/submissions/logs/read',
    OneJob.extend({
      stream: z.enum(['output', 'error', 'events']),
      offset: z.int().default(-65_536),
      most: z.int().min(1).max(262_144).default(65_536)
    }),
    LogPiece.extend({ path: z.string() })
  ),
  /** The jobs that wait, are held or failed for the same reason as one of them, itself among them. */
  alike: post(
    '/submissions/alike',
    OneJob,
    z.object({
      jobs: z.array(z.object({ cluster: z.string(), procs: z.array(z.int().nonnegative()) }))
    })
  ),
  /**
   * The exception that ended a job with all of its lines; null where its stderr ends with none. Throws
   * `not-found` where there is no log (yet).
   */
  exception: post(
    '/submissions/exception',
    OneJob,
    z.object({ exception: z.string().nullable(), path: z.string() })
  ),
  /** What a job reads, and the line of shell that runs it here, iteratively. */
  input: post(
    '/submissions/input',
    OneJob,
    z.object({
      samplesJson: z.string(),
      runnerJson: z.string(),
      text: z.string().meta({ description: 'Of the samples JSON' }),
      reproduce: z.string().meta({ description: 'A line for a terminal of that host' })
    })
  ),
  /** Takes up a folder that the submitter of the framework made; it is watched from then on. */
  import: post(
    '/submissions/import',
    z.object({
      connection: ConnectionId,
      folder: z.string().regex(/^(\/|~(\/|$))[^\p{C}]*$/u, 'is no absolute path')
    }),
    Submission
  ),
  /** The audit of its outputs, filled in. Throws `bad-request` where it names no output folder. */
  audit: post('/submissions/audit', Token, AuditRequest),
  /** The request that runs exactly the files of a resubmission JSON as this submission ran its own. */
  again: post(
    '/submissions/again',
    Token.extend({ missing: JsonSource }),
    z.object({ request: SubmissionRequest, parent: SubmissionToken })
  ),
  /** Forgets one that is done; its files on the host stay. Throws `conflict` while jobs may run. */
  forget: post('/submissions/forget', Token, z.object({}))
};
