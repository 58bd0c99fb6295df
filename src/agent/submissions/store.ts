import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  Backend,
  ConnectionId,
  Failure,
  HepbatchError,
  HostAddress,
  SubmissionRequest,
  SubmissionToken
} from '../../contract';
import { errnoOf } from '../errno';
import type { ILog } from '../log';
import { fileError, readRecord, writeAtomically } from '../record';
import { ClusterId } from './journal/entries';
import type { ISentCluster } from './journal/state';
import type { IPlan, IPlannedCluster } from './plan';

/**
 * What an agent keeps of a submission. `wanted`: somebody clicked Submit, and its files may or may not lie
 * on the host; `written`: they do, and `plan.json` says what they are.
 */
export const SubmissionRecord = z.object({
  version: z.literal(1),
  token: SubmissionToken,
  parent: SubmissionToken.nullable(),
  origin: z.enum(['hepbatch', 'imported']),
  phase: z.enum(['wanted', 'written']),
  connection: ConnectionId,
  address: HostAddress,
  backend: Backend,
  scheduler: z.enum(['htcondor', 'slurm', 'local']),
  request: SubmissionRequest.nullable().meta({ description: 'Null: imported' }),
  python: z.array(z.string()).min(1),
  limits: z
    .object({ slots: z.int(), totalMb: z.number(), jobMb: z.number() })
    .nullable()
    .meta({ description: 'Of local jobs' }),
  analysis: z.string(),
  folder: z.string(),
  jobsFolder: z.string(),
  output: z.string().nullable(),
  files: z.int().nonnegative(),
  warnings: z.array(z.string()),
  stopped: z.boolean().meta({ description: 'Somebody removed all: nothing more is sent' }),
  fetchedJobs: z
    .int()
    .nonnegative()
    .default(0)
    .meta({ description: 'So many ended jobs have their output back from the spool' }),
  createdAt: z.iso.datetime(),
  submittedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  failure: Failure.nullable().meta({ description: 'Why it waits for somebody to resume it' })
});
export type SubmissionRecord = z.output<typeof SubmissionRecord>;

const PlannedCluster = z.object({
  name: z.string(),
  dataset: z.string(),
  submitFile: z.string(),
  wrapper: z.string(),
  argv: z.array(z.string()),
  jobs: z.array(
    z.object({
      proc: z.int().nonnegative(),
      number: z.int().nonnegative(),
      dataset: z.string(),
      files: z.array(z.string()),
      samplesJson: z.string(),
      runnerJson: z.string()
    })
  ),
  record: z.string(),
  log: z.string().nullable(),
  output: z.string(),
  error: z.string()
}) satisfies z.ZodType<IPlannedCluster>;

const PlanFile = z.object({
  version: z.literal(1),
  scheduler: z.enum(['htcondor', 'slurm', 'local']),
  jobsFolder: z.string(),
  spool: z.boolean(),
  clusters: z.array(PlannedCluster)
});

const SentFile = z.array(
  z.object({
    name: z.string(),
    jobs: z.int().nonnegative(),
    record: z.string(),
    state: z.enum(['prepared', 'submitting', 'submitted', 'refused', 'unknown', 'absent']),
    cluster: ClusterId.nullable(),
    surplus: z.array(ClusterId),
    words: z.string().nullable(),
    warnings: z.array(z.string()),
    attempts: z.int().nonnegative(),
    triedAt: z.number().nullable(),
    missed: z.array(z.number()),
    isFenced: z.boolean()
  })
) satisfies z.ZodType<readonly ISentCluster[]>;

/** What is kept of a plan: everything but the texts of its files. */
export type KeptPlan = Pick<IPlan, 'scheduler' | 'jobsFolder' | 'spool' | 'clusters'>;

/** The submissions of this user, `<state>/submissions/<token>/`. */
export class SubmissionStore {
  constructor(
    stateFolder: string,
    private readonly _log: ILog
  ) {
    this._folder = join(stateFolder, 'submissions');
  }

  /** Where record, plan and journal of one lie. */
  folderOf(token: string): string {
    return join(this._folder, token);
  }

  /** All of them; one that cannot be read is left where it is and told to the log. */
  async load(): Promise<SubmissionRecord[]> {
    const records: SubmissionRecord[] = [];
    for (const token of await this.tokens()) {
      try {
        const record = await this.read(token);
        if (record !== null) {
          records.push(record);
        }
      } catch (error) {
        this._log.warn(`record of submission ${token} is left out`, error);
      }
    }
    return records;
  }

  /** Of all that have a folder here, whoever made it. */
  async tokens(): Promise<string[]> {
    const names = await readdir(this._folder).catch((cause: unknown) => {
      if (errnoOf(cause) === 'ENOENT') {
        return [];
      }
      throw cause;
    });
    return names.filter(name => SubmissionToken.safeParse(name).success);
  }

  /** Null where there is none. Throws `corrupt`, `denied`. */
  read(token: string): Promise<SubmissionRecord | null> {
    return readRecord(join(this.folderOf(token), RECORD), SubmissionRecord);
  }

  /** Writes a record; it is on the disk when this resolves. Throws `no-space`, `denied`. */
  async save(record: SubmissionRecord): Promise<void> {
    await this._write(record.token, RECORD, record);
  }

  /** Throws `corrupt` where there is none: a record that says `written` has one. */
  async readPlan(token: string): Promise<KeptPlan> {
    const path = join(this.folderOf(token), PLAN);
    const plan = await readRecord(path, PlanFile);
    if (plan === null) {
      throw new HepbatchError('corrupt', `${path} is not there`, {
        next: 'Look for the jobs with condor_q or squeue; the folder of the submission has all files.'
      });
    }
    return plan;
  }

  /** Resolves with what is kept of it. Throws `no-space`, `denied`. */
  async savePlan(token: string, plan: KeptPlan): Promise<KeptPlan> {
    const { scheduler, jobsFolder, spool, clusters } = plan;
    const kept = { scheduler, jobsFolder, spool, clusters };
    await this._write(token, PLAN, { version: 1, ...kept });
    return kept;
  }

  /** What was found of an imported one, which has no journal. Throws `corrupt`. */
  async readSent(token: string): Promise<readonly ISentCluster[]> {
    return (await readRecord(join(this.folderOf(token), SENT), SentFile)) ?? [];
  }

  /** Throws `no-space`, `denied`. */
  async saveSent(token: string, sent: readonly ISentCluster[]): Promise<void> {
    await this._write(token, SENT, sent);
  }

  /** The files of all jobs as a samples JSON, whose path this returns. Throws `no-space`, `denied`. */
  async writeSamples(token: string, { clusters }: KeptPlan): Promise<string> {
    const samples = new Map<string, string[]>();
    for (const { dataset, files } of clusters.flatMap(({ jobs }) => jobs)) {
      const all = samples.get(dataset) ?? [];
      all.push(...files);
      samples.set(dataset, all);
    }
    await this._write(token, SAMPLES, Object.fromEntries(samples));
    return join(this.folderOf(token), SAMPLES);
  }

  async remove(token: string): Promise<void> {
    await rm(this.folderOf(token), { recursive: true, force: true });
  }

  private async _write(token: string, name: string, value: object): Promise<void> {
    const folder = this.folderOf(token);
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(fileError(folder));
    await writeAtomically(join(folder, name), JSON.stringify(value, null, 1), { mode: 0o600 });
  }

  private readonly _folder: string;
}

const RECORD = 'submission.json';
const PLAN = 'plan.json';
const SAMPLES = 'samples.json';
const SENT = 'imported.json';
