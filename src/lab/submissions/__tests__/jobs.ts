/** Submissions and jobs of tests, whole as the contract has them. */
import { Submission, SubmissionJob } from '../../../contract';

export const TOKEN = '3f0c1a52-6a0e-4d3c-9a54-0d1b2c3d4e5f';

/** A submission of 5 jobs in two samples, changed as a test wants it. */
export function submission(changes: Partial<Submission> = {}): Submission {
  return Submission.parse({
    token: TOKEN,
    parent: null,
    origin: 'hepbatch',
    connection: 'vanilla-local',
    backend: 'vanilla-local',
    analysis: 'myanalysis',
    folder: '/home/me/.higgs_dna_vanilla_local/myanalysis_20260522_175343',
    output: '/home/me/out',
    schedd: null,
    state: 'submitted',
    can: ['hold', 'remove', 'retry', 'audit'],
    written: { done: 12, total: 12 },
    clusters: { submitted: 2 },
    jobs: 5,
    counts: { succeeded: 2, failed: 1, held: 1, running: 1 },
    datasets: [
      {
        dataset: 'Data',
        jobs: 2,
        files: 2,
        counts: { failed: 1, held: 1 },
        alike: null
      },
      { dataset: 'GJet', jobs: 3, files: 3, counts: { succeeded: 2, running: 1 }, alike: null }
    ],
    groups: [],
    warnings: [],
    failure: null,
    blind: null,
    revision: 1,
    createdAt: '2026-05-22T17:53:43Z',
    submittedAt: '2026-05-22T17:53:50Z',
    seenAt: '2026-05-22T17:54:00Z',
    endsAt: null,
    endedAt: null,
    ...changes
  });
}

/** A job, changed as a test wants it. */
export function job(changes: Partial<SubmissionJob>): SubmissionJob {
  return SubmissionJob.parse({
    cluster: 'AN-GJet',
    proc: 0,
    dataset: 'GJet',
    state: 'running',
    native: 'running',
    ...changes
  });
}
