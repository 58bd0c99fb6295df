import { posix } from 'node:path';
import { JobState } from '../contract';
import type { JobCounts, JobsOutcome, Submission, SubmissionJob } from '../contract';
import { printable } from './printable';

/** What a person calls a submission: the name of its folder. */
export function nameOf({ folder }: Pick<Submission, 'folder'>): string {
  return posix.basename(folder);
}

/** So many of something. */
export function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Such as `3 succeeded, 1 failed`. */
export function countsText(counts: JobCounts): string {
  return JobState.options
    .flatMap(state => (counts[state] === undefined ? [] : [`${counts[state]} ${state}`]))
    .join(', ');
}

/** The table of submissions. */
export function submissionsText(all: readonly Submission[]): string {
  if (all.length === 0) {
    return 'There is no submission. `hepbatch submit` makes one.\n';
  }
  const rows = all.map(submission => [
    nameOf(submission),
    submission.token.slice(0, 8),
    submission.connection,
    submission.state,
    countsText(submission.counts) || number(submission.jobs, 'job')
  ]);
  return tableText(['name', 'token', 'connection', 'state', 'jobs'], rows);
}

/** Everything that a card has of one submission. */
export function submissionText(submission: Submission): string {
  const { token, parent, state, connection, folder, output, schedd, warnings } = submission;
  const { failure, blind, datasets, groups, seenAt, endsAt } = submission;
  const lines: [string, string][] = [
    ['name', nameOf(submission)],
    ['token', token],
    ['parent', parent ?? ''],
    ['state', state],
    ['connection', connection],
    ['folder', folder],
    ['output', output ?? ''],
    ['schedd', schedd ?? ''],
    ['jobs', jobsText(submission)],
    ['seen', seenAt ?? ''],
    ['ends about', endsAt ?? '']
  ];
  const told = lines
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${title.padEnd(11)} ${text}`);
  const table = datasets.map(({ dataset, jobs, counts }) => [
    dataset,
    number(jobs, 'job'),
    countsText(counts)
  ]);
  return [
    ...told.map(line => `${printable(line)}\n`),
    ...(table.length === 0 ? [] : ['\n', tableText(['dataset', '', ''], table)]),
    ...groups.flatMap(({ state: now, jobs, words, advice, cluster, proc }) => [
      `\n${printable(`${number(jobs, 'job')} ${now}: ${words}`)}\n`,
      ...(advice === null ? [] : [`  ${printable(advice)}\n`]),
      `  ${printable(`such as ${cluster}.${proc}`)}\n`
    ]),
    ...warnings.map(words => `\nwarning: ${printable(words)}\n`),
    ...[failure, blind].map(said =>
      said === null ? '' : `\n${printable(said.message)} ${printable(said.data.next)}\n`
    )
  ].join('');
}

/** How far a submission is, in one line. */
export function progressText(submission: Submission): string {
  const { state, written, clusters, failure, blind } = submission;
  const all = Object.values(clusters).reduce((sum, count) => sum + count, 0);
  const parts = [`${nameOf(submission)} is ${state}`];
  if (state === 'prepared' && written.done < written.total) {
    parts.push(`${number(written.total, 'file')} to write`);
  } else if (state === 'submitting') {
    parts.push(`${clusters.submitted ?? 0} of ${number(all, 'cluster')} submitted`);
  } else {
    parts.push(jobsText(submission));
  }
  const said = failure ?? blind;
  return parts.join(': ') + (said === null ? '' : ` (${said.message})`);
}

/** The table of jobs. */
export function jobsTable(jobs: readonly SubmissionJob[]): string {
  const rows = jobs.map(job => [
    `${job.cluster}.${job.proc}`,
    job.state,
    job.wallSeconds === null ? '' : `${Math.round(job.wallSeconds)} s`,
    job.memoryMb === null ? '' : `${Math.round(job.memoryMb)} MB`,
    job.node ?? '',
    job.reason ?? ''
  ]);
  return tableText(['job', 'state', 'time', 'memory', 'node', 'why'], rows);
}

/** What came of an action, a line for each cluster that did not do it, and one for all. */
export function outcomesText(verb: string, outcomes: readonly JobsOutcome[]): string {
  const done = outcomes.filter(({ end }) => end === 'done');
  const jobs = done.reduce((sum, outcome) => sum + outcome.jobs, 0);
  const others = outcomes
    .filter(({ end }) => end !== 'done')
    .map(({ cluster, end, words }) => `${cluster} is ${end}: ${words}`);
  return [`${verb}: ${number(jobs, 'job')}`, ...others]
    .map(line => `${printable(line)}\n`)
    .join('');
}

function jobsText({ jobs, counts }: Submission): string {
  const words = countsText(counts);
  return `${number(jobs, 'job')}${words === '' ? '' : `: ${words}`}`;
}

function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map(row => row.map(printable));
  const widths = head.map((_, i) => Math.max(...all.map(row => row[i]?.length ?? 0)));
  return all
    .map(row => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .map(line => `${line.trimEnd()}\n`)
    .join('');
}
