import * as z from 'zod';
import { DatasetRow, FILE_STATUSES, noFiles, Problem, type AuditSummary } from '../../contract';
import { countEvents, countFiles, type IDatasetOutcome, type IOutcome } from './outcome';
import { problemsOf } from './report';

/** A problem as it is kept: with what the table shows beside it. */
export const KeptProblem = z.object({
  ...Problem.shape,
  found: z.int(),
  count: z.int(),
  resubmit: z.boolean()
});
export type KeptProblem = z.infer<typeof KeptProblem>;

/** What is kept of one dataset. */
export const KeptDataset = z.object({
  row: DatasetRow,
  problems: z.array(KeptProblem),
  stale: z.array(z.string()),
  foreign: z.array(z.string())
});

/** What is kept of an audit on the disk: all but the list of complete files. */
export const KeptResult = z.object({
  version: z.literal(1),
  notInJson: z.array(z.string()),
  datasets: z.array(KeptDataset)
});
export type KeptResult = z.infer<typeof KeptResult>;

/** One dataset of an answer; `outcome` is there as long as the agent that found it lives. */
export type DatasetResult = z.infer<typeof KeptDataset> & { outcome: IDatasetOutcome | null };

/** An answer to look at: fresh from the engine, or read from the disk. */
export interface IResult {
  readonly notInJson: readonly string[];
  readonly datasets: readonly DatasetResult[];
}

/** The answer of the engine, in the form that is shown and kept. */
export function resultOf(outcome: IOutcome): IResult {
  const datasets = [...outcome.datasets].map(([dataset, found]): DatasetResult => {
    const again = new Set(found.answer.resubmit.map(index => found.urls[index]));
    const problems = problemsOf(found).map((problem, i): KeptProblem => {
      const index = found.answer.faults[i]?.index ?? 0;
      return {
        ...problem,
        found: found.answer.found[index] ?? 0,
        count: found.answer.chunks[index] ?? 0,
        resubmit: again.has(problem.file)
      };
    });
    const stale = found.answer.stale.map(path => `${dataset}/${path}`);
    const row: DatasetRow = {
      dataset,
      inputs: found.urls.length,
      files: countFiles(found),
      events: countEvents(found),
      resubmit: again.size,
      stale: stale.length,
      foreign: found.answer.foreign.length,
      variations: [...found.answer.variations],
      unknown: found.answer.unknown
    };
    return { row, problems, stale, foreign: [...found.answer.foreign], outcome: found };
  });
  return { notInJson: outcome.notInJson, datasets };
}

/** Counts over all datasets. */
export function summarize({ datasets }: IResult): AuditSummary {
  const sum: AuditSummary = {
    datasets: datasets.length,
    unknownDatasets: 0,
    files: noFiles(),
    events: { expected: 0, found: 0 },
    resubmit: 0,
    stale: 0,
    foreign: 0
  };
  for (const { row } of datasets) {
    sum.unknownDatasets += row.unknown === null ? 0 : 1;
    for (const status of FILE_STATUSES) {
      sum.files[status] += row.files[status];
    }
    sum.events.found += row.events.found;
    const { expected } = row.events;
    sum.events.expected =
      expected === null || sum.events.expected === null ? null : sum.events.expected + expected;
    sum.resubmit += row.resubmit;
    sum.stale += row.stale;
    sum.foreign += row.foreign;
  }
  return sum;
}
