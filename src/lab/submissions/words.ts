import type { TranslationBundle } from '@jupyterlab/translation';
import { JobState } from '../../contract';
import type { JobCounts, Submission, SubmissionState } from '../../contract';

/** The states of jobs, what went wrong first. */
export const JOB_STATES = [
  'failed',
  'held',
  'unknown',
  'running',
  'pending',
  'succeeded',
  'removed'
] as const satisfies readonly JobState[];

/** The word of a state of a job. */
export function jobStateWord(state: JobState, trans: TranslationBundle): string {
  const words: Record<JobState, string> = {
    pending: trans.__('pending'),
    running: trans.__('running'),
    held: trans.__('held'),
    succeeded: trans.__('succeeded'),
    failed: trans.__('failed'),
    removed: trans.__('removed'),
    unknown: trans.__('unknown')
  };
  return words[state];
}

/** The word of the state of a submission. */
export function stateWord(state: SubmissionState, trans: TranslationBundle): string {
  const words: Record<SubmissionState, string> = {
    prepared: trans.__('prepared'),
    submitting: trans.__('submitting'),
    submitted: trans.__('submitted'),
    done: trans.__('done'),
    unknown: trans.__('unknown'),
    refused: trans.__('refused')
  };
  return words[state];
}

/** How far it is, in a sentence. */
export function stateWords(submission: Submission, trans: TranslationBundle): string {
  const { state, written, clusters, jobs, counts } = submission;
  const all = Object.values(clusters).reduce((sum, count) => sum + count, 0);
  switch (state) {
    case 'prepared':
      return trans.__('Nothing was sent yet.');
    case 'submitting':
      return written.done < written.total
        ? trans.__(
            'Writing files: %1 of %2',
            written.done.toLocaleString(),
            written.total.toLocaleString()
          )
        : trans.__('Sending: %1 of %2 clusters are submitted', clusters.submitted ?? 0, all);
    case 'unknown':
      return trans.__('Whether the scheduler has all of it is not certain. Nothing is sent again.');
    case 'refused':
      return trans.__('The scheduler refused %1 of %2 clusters.', clusters.refused ?? 0, all);
    case 'submitted':
    case 'done': {
      const ended = (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.removed ?? 0);
      return trans.__('%1 of %2 jobs ended', ended.toLocaleString(), jobs.toLocaleString());
    }
  }
}

/** Counts in words, what went wrong first: "3 failed, 80 succeeded". */
export function countsWords(counts: JobCounts, trans: TranslationBundle): string {
  return JOB_STATES.filter(state => (counts[state] ?? 0) > 0)
    .map(state => `${(counts[state] ?? 0).toLocaleString()} ${jobStateWord(state, trans)}`)
    .join(', ');
}

/** A number of jobs in words. */
export function jobsWords(count: number, trans: TranslationBundle): string {
  return trans._n('%2 job', '%2 jobs', count, count.toLocaleString());
}

/** The name of a submission: its analysis and when it was made. */
export function nameOf({ analysis, folder }: Pick<Submission, 'analysis' | 'folder'>): string {
  const last = folder.split('/').filter(Boolean).at(-1) ?? '';
  return last.startsWith(`${analysis}_`) ? last : analysis;
}
